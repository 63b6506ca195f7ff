"""The recurrent layers: what Keras wants of a layer, around the equations."""

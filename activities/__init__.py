"""What touches the world: the look, and one activity a channel."""

"""What the doctor asks vendors: nothing is sent, nothing is changed."""

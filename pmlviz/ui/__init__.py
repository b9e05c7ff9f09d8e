"""What people see: frames, figures, and the window that shows them."""

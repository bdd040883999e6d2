"""What people read: messages, legal texts, the letter, the page; and the renderer that fills them."""

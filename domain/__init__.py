"""The trade itself: events, the state they leave, and the rules that admit or refuse them."""

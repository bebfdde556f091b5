"""What ends on paper: the Digital Link in its QR code, and the label around it."""

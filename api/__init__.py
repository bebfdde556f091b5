"""Where the product meets HTTP, terminals and people. No rule of the trade is here."""

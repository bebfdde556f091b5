"""How well an offer suits a demand, why, and how a county's offers are shared out. Pure."""

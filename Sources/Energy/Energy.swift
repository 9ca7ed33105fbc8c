// Energy

// FiniteVolume

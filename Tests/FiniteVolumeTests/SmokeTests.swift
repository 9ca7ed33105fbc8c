import Testing
@testable import FiniteVolume

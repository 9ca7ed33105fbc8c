import Testing
@testable import tausonite

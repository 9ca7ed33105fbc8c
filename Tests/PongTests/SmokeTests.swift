import Testing
@testable import Pong

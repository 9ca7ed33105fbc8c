import Testing
@testable import Essentials

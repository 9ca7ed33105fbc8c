import Testing
@testable import CompactModel

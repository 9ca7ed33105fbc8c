import Testing
@testable import DeviceModel

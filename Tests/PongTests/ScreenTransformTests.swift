import Foundation
import Testing

@testable import Pong

/// Preprocessing against screens resized by OpenCV 5.0.0 (INTER_AREA); source: fixture `preprocess.safetensors`,
/// synthetic rectangles in Pong's nine colours.
struct ScreenTransformTests {
    /// One level of one channel: what a tie at .5 may cost.
    let oneLevel: Float = 1.0 / 3 / 128 + 1e-6

    private func transformed(_ first: [UInt8]?, _ last: [UInt8]) throws -> [Float] {
        let memory = try HelperMemory(environments: 1, frameSkip: 1, frameLimit: 1)
        memory.setScreen(0, slot: 1, last)
        if let first { memory.setScreen(0, slot: 0, first) }
        var transform = ScreenTransform()
        var observation = [Float](repeating: .nan, count: ScreenTransform.size)
        try transform(
            memory.screen(0, slot: 1), earlier: first.map { _ in memory.screen(0, slot: 0) }, into: &observation, at: 0)
        return observation
    }

    @Test func equalsOpenCVAreaResize() throws {
        let fixture = try Fixture("preprocess")
        let pixels = try fixture.bytes("screen_index")
        let expected = try fixture.floats("rllib84")
        let size = 210 * 160
        for k in 0..<3 {
            let ours = try transformed(nil, Array(pixels[k * size..<(k + 1) * size]))
            var ties = 0
            for i in 0..<ScreenTransform.size {
                let error = abs(ours[i] - expected[k * ScreenTransform.size + i])
                #expect(error <= oneLevel, "screen \(k), cell \(i)")
                if error > 1e-5 { ties += 1 }
            }
            #expect(ties <= 70, "more than 1 % of the cells differ in screen \(k)")
        }
    }

    @Test func maximumOfTwoScreensIsTakenPerChannelBeforeResizing() throws {
        let fixture = try Fixture("preprocess")
        let pixels = try fixture.bytes("screen_index")
        let expected = try fixture.floats("rllib84_max01")
        let size = 210 * 160
        let ours = try transformed(Array(pixels[0..<size]), Array(pixels[size..<2 * size]))
        for i in 0..<ScreenTransform.size { #expect(abs(ours[i] - expected[i]) <= oneLevel) }
    }

    @Test func uniformScreenKeepsItsColour() throws {
        // (144 + 72 + 17) / 3 = 77.667; (x - 128) / 128 = -0.39323
        let ours = try transformed(nil, [UInt8](repeating: 34, count: 210 * 160))
        #expect(ours.allSatisfy { abs($0 - (233.0 / 3 - 128) / 128) < 1e-6 })
    }

    @Test func unknownColourIsReported() throws {
        #expect(throws: ScreenTransform.UnknownColour(index: 77)) {
            try transformed(nil, [UInt8](repeating: 77, count: 210 * 160))
        }
    }

    @Test func everyColourOfTheFixtureIsKnown() throws {
        let fixture = try Fixture("preprocess")
        let palette = Palette()
        for (k, index) in try fixture.bytes("palette.index").enumerated() {
            let rgb = try fixture.bytes("palette.rgb")[3 * k..<3 * k + 3].map(Float.init)
            #expect(palette.known[Int(index)])
            #expect(palette.colours[Int(index)] == SIMD4(rgb[0], rgb[1], rgb[2], 0))
        }
    }
}

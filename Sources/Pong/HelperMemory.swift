import Essentials
import Foundation

/// The block of memory that this process shares with one helper process: actions in, screens and rewards out.
///
/// All unsafe code of this module but the argument vector of a new process is here. The block belongs to a file that loses its name as soon as it is open, so
/// nothing is left behind however either process ends. Little-endian; the layout is written into the header, and the
/// helper reads it from there:
///
///     UInt32[64]      magic, version, environments, frame skip, frame limit, state capacity, offsets, action set
///     Int32[5 + skip][N]     no-ops of the next start, reward, over (0, 1 end, 2 frame limit), frames, state length, and the
///                            action of each frame of a step
///     UInt8[N][2][210*160]   the last two screens as palette indices
///     UInt8[N][capacity]     emulator states
///     UInt8[256][4]          palette: R, G, B, known
final class HelperMemory {
    static let version: UInt32 = 2
    static let stateCapacity = 32 << 10
    static let screenHeight = 210
    static let screenWidth = 160
    private static let magic: UInt32 = 0x5355_4154

    /// The rows of the control table.
    enum Control: Int {
        case noops, reward, over, frames, stateLength

        static let count = 5
    }

    /// One 210 x 160 screen of palette indices; valid as long as its memory lives.
    struct Screen {
        fileprivate let base: UnsafePointer<UInt8>
        fileprivate let owner: HelperMemory

        /// The palette index at a row and column. O(1).
        @inline(__always)
        subscript(row: Int, column: Int) -> UInt8 {
            precondition(row >= 0 && row < screenHeight && column >= 0 && column < screenWidth)
            return base[row * screenWidth + column]
        }

        /// Copies all pixels, row by row.
        func copy(into pixels: inout [UInt8]) {
            precondition(pixels.count == screenHeight * screenWidth)
            pixels.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(start: base, count: $0.count)) }
        }

        /// Whether row `row` equals row `otherRow` of `other`, pixel by pixel.
        @inline(__always)
        func row(_ row: Int, equals other: Screen, row otherRow: Int) -> Bool {
            precondition(row >= 0 && row < screenHeight && otherRow >= 0 && otherRow < screenHeight)
            return memcmp(base + row * screenWidth, other.base + otherRow * screenWidth, screenWidth) == 0
        }
    }

    let environments, frameSkip: Int
    /// The open file behind the block, to be given to the helper.
    let descriptor: Int32
    private let base: UnsafeMutableRawPointer
    private let size, controls, screens, states, palette: Int

    /// Makes a block for `environments` games. Throws `InputError` when the machine has no room for it.
    init(environments: Int, frameSkip: Int, frameLimit: Int) throws {
        func page(_ bytes: Int) -> Int { (bytes + 4095) & ~4095 }
        self.environments = environments
        self.frameSkip = frameSkip
        controls = 256
        screens = page(controls + (Control.count + frameSkip) * 4 * environments)
        states = page(screens + environments * 2 * Self.screenHeight * Self.screenWidth)
        palette = page(states + environments * Self.stateCapacity)
        size = palette + 1024
        descriptor = try Self.namelessFile()
        // posix_fallocate and not ftruncate: a full file system says so here, not as a bus error in the middle of a game.
        guard posix_fallocate(descriptor, 0, off_t(size)) == 0,
            let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            address != UnsafeMutableRawPointer(bitPattern: -1)
        else {
            close(descriptor)
            throw InputError(
                "shared memory", value: "\(size >> 10) KiB", problem: "is not to be had",
                expected: "that much room in /dev/shm or \(NSTemporaryDirectory())")
        }
        base = address
        let header: [UInt32] =
            [Self.magic, Self.version]
            + [environments, frameSkip, frameLimit, Self.stateCapacity, controls, screens, states, palette, size]
            .map(UInt32.init)
        for (index, word) in header.enumerated() {
            base.storeBytes(of: word, toByteOffset: 4 * index, as: UInt32.self)
        }
    }

    deinit {
        munmap(base, size)
        close(descriptor)
    }

    /// A file that is open and has no name any more, in memory where the system offers that.
    static func namelessFile() throws -> Int32 {
        for folder in ["/dev/shm", NSTemporaryDirectory()] {
            var template = Array("\(folder)/tausonite-XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            if descriptor >= 0 {
                unlink(template)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                return descriptor
            }
        }
        throw InputError(
            "shared memory", problem: "no file can be made in /dev/shm or \(NSTemporaryDirectory())",
            expected: "a folder for temporary files that you may write to")
    }

    /// The game's minimal action set, as the helper reported it.
    var actionSet: [Int32] {
        (0..<Int(min(word(32), 18))).map { Int32(bitPattern: word(33 + $0)) }
    }

    private func word(_ index: Int) -> UInt32 { base.load(fromByteOffset: 4 * index, as: UInt32.self) }

    private func offset(_ control: Control, _ environment: Int) -> Int {
        precondition(environment >= 0 && environment < environments)
        return controls + 4 * (control.rawValue * environments + environment)
    }

    subscript(control: Control, environment: Int) -> Int {
        get { Int(base.load(fromByteOffset: offset(control, environment), as: Int32.self)) }
        set { base.storeBytes(of: Int32(newValue), toByteOffset: offset(control, environment), as: Int32.self) }
    }

    /// Names the action (ALE's code) of one frame of an environment's next step.
    func setAction(_ code: Int32, frame: Int, environment: Int) {
        precondition(environment >= 0 && environment < environments && frame >= 0 && frame < frameSkip)
        base.storeBytes(
            of: code, toByteOffset: controls + 4 * ((Control.count + frame) * environments + environment), as: Int32.self)
    }

    /// The last screen of an environment (`slot` 1) or the one before it (`slot` 0).
    func screen(_ environment: Int, slot: Int) -> Screen {
        precondition(environment >= 0 && environment < environments && (slot == 0 || slot == 1))
        let bytes = Self.screenHeight * Self.screenWidth
        let address = base + screens + (2 * environment + slot) * bytes
        return Screen(base: UnsafePointer(address.assumingMemoryBound(to: UInt8.self)), owner: self)
    }

    /// Puts a screen there; for tests of the preprocessing.
    func setScreen(_ environment: Int, slot: Int, _ pixels: [UInt8]) {
        precondition(pixels.count == Self.screenHeight * Self.screenWidth)
        precondition(environment >= 0 && environment < environments && (slot == 0 || slot == 1))
        pixels.withUnsafeBytes { source in
            (base + screens + (2 * environment + slot) * pixels.count)
                .copyMemory(from: source.baseAddress!, byteCount: pixels.count)
        }
    }

    /// The emulator state that the helper left for an environment.
    func state(_ environment: Int) -> [UInt8] {
        let length = min(max(self[.stateLength, environment], 0), Self.stateCapacity)
        let start = states + environment * Self.stateCapacity
        return [UInt8](UnsafeRawBufferPointer(start: base + start, count: length))
    }

    func setState(_ environment: Int, _ state: [UInt8]) {
        precondition(state.count <= Self.stateCapacity)
        self[.stateLength, environment] = state.count
        guard !state.isEmpty else { return }
        state.withUnsafeBytes { source in
            (base + states + environment * Self.stateCapacity)
                .copyMemory(from: source.baseAddress!, byteCount: state.count)
        }
    }

    /// The colour of a palette index, nil while no screen has shown it.
    func colour(_ index: Int) -> (red: UInt8, green: UInt8, blue: UInt8)? {
        precondition(index >= 0 && index < 256)
        let entry = UnsafeRawBufferPointer(start: base + palette + 4 * index, count: 4)
        return entry[3] == 1 ? (entry[0], entry[1], entry[2]) : nil
    }
}

/// The complete state of a device at one time: what a run starts from and leaves behind.
///
/// `unknowns` in the order of the device's `Layout`: sheets (1/m2), then psi (V), perhaps n, and c (1/m3) node by node.
public struct DeviceState: Equatable, Sendable, Codable {
    /// In the order of the `Layout`.
    public var unknowns: [Double]
    /// Time since the device's own zero, s.
    public var time: Double
    /// Voltage on Pt, V.
    public var voltage: Double
    /// Lattice temperature of the hot spot, K.
    public var temperature: Double
    /// Size of the last time step, s (0: unknown): with it a run goes on from a saved state to the last bit as it would have.
    public var lastStep: Double

    /// Ambient temperature, K; nil: the device's own.
    public var ambientTemperature: Double?
    /// Conserved inventory that the equations hold to, in the units of `AssembledDevice.inventory`: that of the first state of the
    /// device's history; nil: this state's own.
    public var keptInventory: Double?

    /// A state; `time` in s, `voltage` in V, `temperature` in K.
    public init(
        unknowns: [Double], time: Double, voltage: Double, temperature: Double, lastStep: Double = 0,
        ambientTemperature: Double? = nil, keptInventory: Double? = nil
    ) {
        self.unknowns = unknowns
        self.time = time
        self.voltage = voltage
        self.temperature = temperature
        self.lastStep = lastStep
        self.ambientTemperature = ambientTemperature
        self.keptInventory = keptInventory
    }
}

/// The devices that the project ships, embedded in the library: what lies in `Materials/`, byte for byte.
extension DeviceDescription {
    /// Set P, the default: Pt | SrTiO3 (40 nm) | Ti whose read is limited at Pt and whose short-term weight decays by
    /// transport in the oxide (`Materials/pt-sto-ti.yaml`).
    ///
    /// Throws `InputError` should the file not be one that this version reads. Cost: about a millisecond a call.
    public static var setP: DeviceDescription {
        get throws(InputError) { try shipped(PackageResources.pt_sto_ti_yaml, "pt-sto-ti.yaml") }
    }

    /// Set T: self-heating and an oxygen store carry the weights, transport in the oxide does nothing
    /// (`Materials/pt-sto-ti-store.yaml`).
    ///
    /// Throws and costs what `setP` does.
    public static var setT: DeviceDescription {
        get throws(InputError) { try shipped(PackageResources.pt_sto_ti_store_yaml, "pt-sto-ti-store.yaml") }
    }

    /// Set D: the short-term weight is drift and diffusion inside the oxide (`Materials/pt-sto-ti-drift.yaml`).
    ///
    /// Throws and costs what `setP` does.
    public static var setD: DeviceDescription {
        get throws(InputError) { try shipped(PackageResources.pt_sto_ti_drift_yaml, "pt-sto-ti-drift.yaml") }
    }

    /// Set W: deep traps carry most of the long-term weight (`Materials/pt-sto-ti-traps.yaml`).
    ///
    /// Throws and costs what `setP` does.
    public static var setW: DeviceDescription {
        get throws(InputError) { try shipped(PackageResources.pt_sto_ti_traps_yaml, "pt-sto-ti-traps.yaml") }
    }

    /// Names of the shipped devices.
    public static let shippedNames = ["set P", "set T", "set D", "set W"]

    /// The shipped device of this name ("set T"); nil where there is none.
    ///
    /// Throws and costs what `setP` does.
    public static func shipped(named name: String) throws(InputError) -> DeviceDescription? {
        switch name {
        case "set P": try setP
        case "set T": try setT
        case "set D": try setD
        case "set W": try setW
        default: nil
        }
    }

    private static func shipped(_ bytes: [UInt8], _ file: String) throws(InputError) -> DeviceDescription {
        try DeviceDescription(yaml: String(decoding: bytes, as: UTF8.self), path: "Materials/\(file)")
    }
}

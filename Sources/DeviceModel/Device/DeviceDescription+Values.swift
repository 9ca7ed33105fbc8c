import Essentials

extension DeviceDescription {
    /// The device with some of its numbers changed (SI), as one of an ensemble has them; the description stays as it is.
    ///
    /// Throws `InputError` for an unknown key, a value out of its range, or values that contradict each other.
    /// Cost: some microseconds; no digest is made.
    public func device(setting values: [(key: String, value: Double)]) throws(InputError) -> Device {
        var changed = entries
        for (key, value) in values {
            let path = try entry(key).path
            for i in changed.indices where changed[i].path == path {
                try changed[i].rule.check(value, at: key)
                changed[i].value = value
            }
        }
        let description = DeviceDescription(
            name: name, summary: summary, structure: structure, entries: changed, path: path, digest: digest,
            isOldForm: isOldForm)
        try description.check()
        return description.device
    }
}

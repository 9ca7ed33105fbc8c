import DeviceModel
import FiniteVolume
import LinearAlgebra

/// What is read off the present state, and the samples of a trace.
extension DeviceSimulator {
    /// Frozen-ion conductance at `voltage` (default: the read voltage), S; leaves the state untouched.
    ///
    /// Throws when the read itself would run away thermally.
    public func read(at voltage: Double? = nil) throws(IntegrationFailure) -> Double {
        do {
            return try conductance(active.integrator.solution, at: voltage ?? readVoltage)
        } catch {
            throw IntegrationFailure(time: now, stepSize: 0, reason: error)
        }
    }

    /// Where the resistance of a read at the read voltage lies, every ion where it is.
    ///
    /// - Throws: `NewtonFailure` where the read's band cannot be found.
    public func readResistance() throws(NewtonFailure) -> ReadResistance {
        let device = active.device
        let band = try device.readBand(active.integrator.solution, at: readVoltage)
        return device.resistanceProfile(band.row, voltage: readVoltage)
    }

    /// At 0 V the conductance is the slope there: I/V at a microvolt.
    func conductance(_ u: Row, at asked: Double, memory: ReadMemory? = nil) throws(NewtonFailure) -> Double {
        let level = abs(asked) < 1e-6 ? 1e-6 : asked
        return try active.device.frozenRead(u, at: level, countsCharge: chargeThreshold.isFinite, memory: memory) / level
    }

    func recordStart(into trace: inout Trace) {
        let u = active.integrator.solution
        active.device.drive(from: voltage, rate: 0, at: 0)
        if let sample = sample(
            u, time: 0, current: active.device.electronCurrent(u), displacement: 0, pulse: -1, isRead: trace.readsSamples)
        {
            trace.keep(sample)
        }
    }

    /// One sample; nil when the read at `readVoltage` has no heat balance (kept in `readFailure`, which ends the run).
    ///
    /// A deficit of round-off in a density (`isAdmissible`) is shown as none.
    func sample(
        _ u: Row, time: Double, current: Double, displacement: Double, pulse: Int, isRead: Bool, source: Double? = nil
    ) -> Trace.Sample? {
        let conductance: Double
        do {
            conductance = isRead ? try self.conductance(u, at: sampleReadVoltage, memory: readMemory) : .nan
        } catch {
            readFailure = readFailure ?? error
            return nil
        }
        func shown(_ place: Int?) -> Double { place.map { max(u[$0], 0) } ?? 0 }
        return Trace.Sample(
            time: time, voltage: active.device.voltage, current: current, totalCurrent: current + displacement,
            conductance: conductance, temperature: active.device.temperature,
            latticeVacancies: max(active.device.latticeVacancies(u), 0), planeVacancies: shown(plane),
            interfacialOxygen: shown(oxygen), storedOxygen: shown(stored), pulse: pulse,
            sourceVoltage: source, readVoltage: segmentReadVoltage)
    }

    /// V_read of samples and conditions in the present segment, V.
    var sampleReadVoltage: Double { segmentReadVoltage ?? readVoltage }
}

extension Trace {
    /// A sample's time, not before the sample before it: after years of protocol a sum of durations may round down by a digit.
    func clock(_ time: Double) -> Double { max(time, samples.last?.time ?? time) }
}

extension DeviceSimulator {
    /// How fast the present state exchanges its vacancies.
    package func exchange() -> AssembledDevice.Exchange { active.device.exchange(active.integrator.solution) }

    /// Electron current of the present state at the present voltage, A.
    package var current: Double { active.device.recentCurrent(active.integrator.solution) }
}

extension DeviceSimulator {
    /// Small-signal admittance of the present state at the present voltage, at these frequencies (Hz); changes nothing.
    ///
    /// - Throws: `IntegrationFailure` where the state has no response.
    public func admittance(frequencies: [Double]) throws(IntegrationFailure) -> [Admittance] {
        active.device.drive(from: voltage, rate: 0, at: 0)
        do {
            return try active.device.admittance(active.integrator.solution, frequencies: frequencies)
        } catch {
            throw IntegrationFailure(time: now, stepSize: 0, reason: error)
        }
    }
}

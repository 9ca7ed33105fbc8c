import Foundation

/// The temperature-dependent constants of the model at one lattice temperature.
///
///     k(T) = k(T0) exp[(E / k_B) (1/T0 - 1/T)];   E = k_B T0 ln(prefactor / k(T0)) where a prefactor is given,
///     N_c ~ T^1.5,  v_R ~ T^0.5,  mu_n ~ T^-m
///
/// Source: Docs/device-model.md, section 2, `rates`.
public struct RateConstants: Sendable {
    public private(set) var temperature: Double
    /// V_T, V.
    public private(set) var thermalVoltage: Double
    /// D, m2/s.
    public private(set) var diffusivity: Double
    /// k_f, 1/s, and k_r, m/s.
    public private(set) var forwardHop, backwardHop: Double
    /// k_p, m2/s, and k_mp, 1/s.
    public private(set) var oxygenLoss, oxygenReturn: Double
    /// k_t and k_mt of the deep traps, 1/s.
    public private(set) var trapCapture, trapRelease: Double
    /// N_c, 1/m3; v_R, m/s; mu_n, m2/(V s).
    public private(set) var densityOfStates, richardsonVelocity, mobility: Double

    /// m in mu_n ~ T^-m.
    public var mobilityExponent: Double { ambient.mobilityExponent }

    private let ambient: DeviceParameters
    private let diffusionLog, lossLog, returnLog, hopLog, captureLog, releaseLog: Double

    public init(_ parameters: DeviceParameters) {
        ambient = parameters
        // E / (k_B T0): the logarithm that multiplies (1 - T0/T).
        func logarithm(_ prefactor: Double, _ value: Double) -> Double {
            prefactor > 0 && value > 0 && prefactor.isFinite ? log(prefactor / value) : 0
        }
        diffusionLog = logarithm(parameters.vacancyDiffusivityPrefactor, parameters.vacancyDiffusivity)
        lossLog = logarithm(parameters.oxygenLossPrefactor, parameters.oxygenLossRate)
        returnLog = logarithm(parameters.oxygenReturnPrefactor, parameters.oxygenReturnRate)
        captureLog = logarithm(parameters.trapCapturePrefactor, parameters.trapCaptureRate)
        releaseLog = logarithm(parameters.trapReleasePrefactor, parameters.trapReleaseRate)
        hopLog = parameters.hopActivation / Constants.thermalVoltage(parameters.ambientTemperature)
        temperature = parameters.ambientTemperature
        thermalVoltage = Constants.thermalVoltage(temperature)
        diffusivity = parameters.vacancyDiffusivity
        forwardHop = parameters.forwardHopRate
        backwardHop = parameters.backwardHopVelocity
        oxygenLoss = parameters.oxygenLossRate
        oxygenReturn = parameters.oxygenReturnRate
        trapCapture = parameters.trapCaptureRate
        trapRelease = parameters.trapReleaseRate
        densityOfStates = parameters.densityOfStates
        richardsonVelocity = parameters.richardsonVelocity
        mobility = parameters.electronMobility
    }

    /// Moves all constants to `temperature` (K). Cost: four exponentials and two powers.
    public mutating func set(temperature new: Double) {
        guard new != temperature else { return }
        temperature = new
        thermalVoltage = Constants.thermalVoltage(new)
        let ratio = new / ambient.ambientTemperature
        let x = 1 - 1 / ratio
        diffusivity = ambient.vacancyDiffusivity * exp(diffusionLog * x)
        let hop = exp(hopLog * x)
        forwardHop = ambient.forwardHopRate * hop
        backwardHop = ambient.backwardHopVelocity * hop
        oxygenLoss = ambient.oxygenLossRate * exp(lossLog * x)
        oxygenReturn = ambient.oxygenReturnRate * exp(returnLog * x)
        if ambient.trapCaptureRate > 0 {
            trapCapture = ambient.trapCaptureRate * exp(captureLog * x)
            trapRelease = ambient.trapReleaseRate * exp(releaseLog * x)
        }
        let root = ratio.squareRoot()
        densityOfStates = ambient.densityOfStates * ratio * root
        richardsonVelocity = ambient.richardsonVelocity * root
        mobility = ambient.electronMobility * pow(ratio, -ambient.mobilityExponent)
    }
}

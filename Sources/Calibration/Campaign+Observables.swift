import CompactModel
import DeviceModel

extension Campaign {
    /// The campaign that these numbers need, no more.
    package init(measuring observables: [Observable], on device: Device, options: SolverOptions = SolverOptions()) {
        self.init(device, options: options)
        parts = observables.reduce(into: Campaign.Parts()) { $0.formUnion($1.parts) }
        repeats = 1
        restBetweenRepeats = readDelay * 2
        sweepInterval = 0.1
        var (biases, cells): ([Double], [PulseShape]) = ([], [])
        func addCell(_ v: Double, _ w: Double) {
            let onGrid = parts.contains(.map) && amplitudes.contains(v) && widths.contains { abs($0 / w - 1) < 1e-9 }
            let shape = PulseShape(amplitude: v, width: w)
            if !onGrid, !cells.contains(shape) { cells.append(shape) }
        }
        func addBias(_ bias: Double) { if !biases.contains(bias) { biases.append(bias) } }
        func addDecay(_ bias: Double, _ v: Double, _ w: Double) {
            let shape = DecayShape(pulse: .init(amplitude: v, width: w), bias: bias)
            if !extraDecays.contains(shape) { extraDecays.append(shape) }
        }
        for observable in observables {
            switch observable {
            case .tau(let bias): addBias(bias)
            case .retention(let time): if !retention.contains(time) { retention.append(time) }
            case .level(let train): trains = max(trains, train)
            case .cell(let v, let w): addCell(v, w)
            case .stepRatio(let v):
                addCell(v, 100e-6)
                if !levelAmplitudes.contains(v) { levelAmplitudes.append(v) }
            case .tauAfter(let bias, let v, let w): addDecay(bias, v, w)
            case .tauRatio(let bias, let v, let w):
                addBias(bias)
                addDecay(bias, v, w)
            case .forming: findsForming = true
            case .leftShare: sharesRead = true
            case .transportFactor, .beyondFirstPlane: weighsTransport = true
            default: break
            }
        }
        retention.sort()
        if let last = observables.compactMap({ if case .retention(let time) = $0 { time } else { nil } }).max() {
            retention.removeAll { $0 > last }
        } else {
            retention = []
        }
        self.biases = biases.sorted()
        extraCells = cells
    }
}

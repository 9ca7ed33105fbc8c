import CKernels
import Essentials

/// The flat parameters of one agent under its constraints, and one step of its cell: shared by play and training.
///
/// `flat` holds the parameters as they are trained; `effective` those that the forward pass uses (Lambda clamped, W in
/// its window). They are one and the same where no range is set.
final class Network: @unchecked Sendable {
    let shape: NetworkShape
    let layout: ParameterLayout
    let constraints: CellConstraints
    let flat: FloatBuffer
    /// Clamped W and, one plane on, clamped Lambda: [units][stride] each.
    let clamped: FloatBuffer
    /// conv2's weights as its backward pass reads them, [row][column][filter][channel].
    let transposed2: FloatBuffer
    let level: KernelLevel

    init(_ parameters: ActorCriticParameters, constraints: CellConstraints, level: KernelLevel) {
        shape = parameters.shape
        layout = ParameterLayout(parameters.shape)
        self.constraints = constraints
        flat = FloatBuffer(layout.count)
        clamped = FloatBuffer(2 * layout.plane)
        transposed2 = FloatBuffer(layout.size(.conv2Weight))
        self.level = level
        layout.pack(parameters, into: flat)
        refresh()
    }

    /// Floats of one environment's F, padding included.
    var plane: Int { layout.plane }
    /// W and Lambda as the forward pass uses them, in padded order.
    func weight(_ i: Int) -> Float { clamped[i] }
    func lambda(_ i: Int) -> Float { clamped[plane + i] }
    /// Gives one synapse a Lambda of its own, until the next `refresh`.
    func setLambda(_ i: Int, _ value: Float) { clamped[plane + i] = value }

    /// Recomputes the clamped copies after `flat` has changed. Padding stays zero.
    func refresh() {
        refresh(rows: 0..<shape.units)
        transposeConvolution()
    }

    /// Recomputes `transposed2` after `flat` has changed.
    func transposeConvolution() {
        let from = flat.at(layout.start(.conv2Weight), room: layout.size(.conv2Weight))
        let (channels, filters) = (layout.filters1, layout.filters2)
        for tap in 0..<shape.kernel2 * shape.kernel2 {
            let (a, b) = (from + tap * channels * filters, transposed2.pointer + tap * channels * filters)
            for channel in 0..<channels {
                for filter in 0..<filters { b[filter * channels + channel] = a[channel * filters + filter] }
            }
        }
    }

    /// The same for some rows of the plastic layer.
    func refresh(rows: Range<Int>) {
        let l = layout.start(.lambda)
        let w = layout.start(.weight)
        for j in rows {
            for k in j * layout.stride..<j * layout.stride + shape.inputs {
                clamped.pointer[plane + k] = constraints.effectiveLambda(flat.pointer[l + k])
                clamped.pointer[k] = constraints.effectiveWeight(flat.pointer[w + k])
            }
        }
    }

    /// h, n and s of a step from u and F; see `CellForward` for the formulas.
    ///
    /// - f: F [environments][plane]; moves in place, or stays where only h is wanted.
    /// - before: receives a copy of F as it was.
    func forward(_ step: CellStep, f: FloatSlice, moves: Bool, before: FloatSlice? = nil, recorder: SynapseRecorder? = nil) {
        var kernel = self.kernel(step, f: f, recorder)
        kernel.F_next = moves ? f.pointer(room: 0) : nil
        kernel.F_before = before?.pointer(room: step.environments * plane)
        kernel.sum_absolute = recorder?.sumAbsolute.at(0, room: plane)
        kernel.sum = recorder?.sum.at(0, room: plane)
        cell_forward(&kernel)
    }

    /// F' of a step whose h and n are known already: the same bits as when the step was first made.
    ///
    /// - levels: receives dF / step of every synapse where there is no recorder, [environments][plane].
    func move(
        _ step: CellStep, f: FloatSlice, to next: FloatSlice, recorder: SynapseRecorder? = nil,
        levels: UnsafeMutablePointer<Int16>? = nil
    ) {
        var kernel = self.kernel(step, f: f, recorder)
        kernel.levels = kernel.levels ?? levels
        kernel.known = 1
        kernel.F_next = next.pointer(room: step.environments * plane)
        cell_forward(&kernel)
    }

    private func kernel(_ step: CellStep, f: FloatSlice, _ recorder: SynapseRecorder?) -> CellForward {
        let room = step.environments * shape.units
        var kernel = CellForward()
        kernel.level = level.rawValue
        (kernel.rows, kernel.stride, kernel.plane) = (Int32(shape.units), Int32(layout.stride), Int32(plane))
        kernel.environments = Int32(step.environments)
        kernel.divide_by_norm = constraints.kind == .stpn ? 1 : 0
        (kernel.step, kernel.maximum) = (constraints.deltaFStep, constraints.deltaFMaximum)
        kernel.W = UnsafePointer(clamped.pointer)
        kernel.lambda = UnsafePointer(clamped.at(plane, room: plane))
        kernel.gamma = UnsafePointer(flat.at(layout.start(.gamma), room: plane))
        kernel.bias = UnsafePointer(flat.at(layout.start(.bias)))
        kernel.u = UnsafePointer(step.u.pointer(room: step.environments * layout.stride))
        kernel.F = UnsafePointer(f.pointer(room: step.environments * plane))
        (kernel.h, kernel.n, kernel.s) = (step.h.pointer(room: room), step.n.pointer(room: room), step.s.pointer(room: room))
        kernel.levels = recorder?.levelPointer(environments: step.environments)
        return kernel
    }

    /// The gradient of one step of the cell, added to `gradient`; see `CellBackward` for the formulas.
    ///
    /// - prices: what rounded updates cost, where they do; what they come to is added to `paid`.
    /// - f: F before the step; dF: d loss / d F, [environments][plane]; dh: [environments][units]; du: [environments][stride].
    func backward(
        _ step: CellStep, f: FloatSlice, dh: FloatBuffer, dF: FloatBuffer, du: FloatBuffer, gradient: FloatBuffer,
        prices: UpdatePriceTable? = nil, paid: inout Double
    ) {
        let room = step.environments * shape.units
        var kernel = CellBackward()
        kernel.level = level.rawValue
        (kernel.rows, kernel.stride, kernel.plane) = (Int32(shape.units), Int32(layout.stride), Int32(plane))
        kernel.environments = Int32(step.environments)
        kernel.divide_by_norm = constraints.kind == .stpn ? 1 : 0
        kernel.W = UnsafePointer(clamped.pointer)
        kernel.lambda = UnsafePointer(clamped.at(plane, room: plane))
        kernel.gamma = UnsafePointer(flat.at(layout.start(.gamma), room: plane))
        kernel.u = UnsafePointer(step.u.pointer(room: step.environments * layout.stride))
        kernel.F = UnsafePointer(f.pointer(room: step.environments * plane))
        kernel.h = UnsafePointer(step.h.pointer(room: room))
        kernel.n = UnsafePointer(step.n.pointer(room: room))
        kernel.s = UnsafePointer(step.s.pointer(room: room))
        kernel.dh = UnsafePointer(dh.at(0, room: room))
        kernel.D = dF.at(0, room: step.environments * plane)
        kernel.dW = gradient.at(layout.start(.weight), room: plane)
        kernel.dgamma = gradient.at(layout.start(.gamma), room: plane)
        kernel.dlambda = gradient.at(layout.start(.lambda), room: plane)
        kernel.dbias = gradient.at(layout.start(.bias), room: shape.units)
        kernel.du = du.at(0, room: step.environments * layout.stride)
        (kernel.step, kernel.maximum) = (constraints.deltaFStep, constraints.deltaFMaximum)
        if let prices {
            kernel.prices = UnsafePointer(prices.prices.pointer)
            kernel.slopes = UnsafePointer(prices.slopes.pointer)
        }
        withUnsafeMutablePointer(to: &paid) {
            kernel.paid = $0
            cell_backward(&kernel)
        }
    }

    /// logits = actor h + bias; value = critic h + bias; h [environments][units].
    func heads(environments: Int, h: FloatSlice, logits: inout [Float], values: inout [Float], outAt: Int) {
        let units = shape.units
        let actor = flat.at(layout.start(.actorWeight), room: shape.actions * units)
        let actorBias = flat.at(layout.start(.actorBias), room: shape.actions)
        let critic = flat.at(layout.start(.criticWeight), room: units)
        let criticBias = flat[layout.start(.criticBias)]
        let x = h.pointer(room: environments * units)
        func product(_ row: UnsafePointer<Float>, _ e: Int, _ bias: Float) -> Float {
            (0..<units).reduce(bias) { $0 + row[$1] * x[e * units + $1] }
        }
        for e in 0..<environments {
            for a in 0..<shape.actions { logits[(outAt + e) * shape.actions + a] = product(actor + a * units, e, actorBias[a]) }
            values[outAt + e] = product(critic, e, criticBias)
        }
    }
}

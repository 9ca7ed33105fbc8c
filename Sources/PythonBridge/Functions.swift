import CompactModel
import Essentials
import Foundation
import Simulation

// What the shared library exports; Python/src/tausonite/interface.h declares the same functions for C.
//
// Each maker returns a handle, never nil, that the caller releases; `tausonite_failure` says what went wrong with it. Handles do not
// change, so that any thread may use them; there is no global state.

/// Gives a handle up; its text and columns are gone with it.
@c(tausonite_release)
public func tausoniteRelease(_ handle: UnsafeMutableRawPointer?) { Handle.release(handle) }

/// What went wrong, as JSON; nil where nothing did. Lives as long as the handle.
@c(tausonite_failure)
public func tausoniteFailure(_ handle: UnsafeRawPointer?) -> UnsafePointer<CChar>? { Handle.failure(handle) }

/// What there is to read, UTF-8. Lives as long as the handle.
@c(tausonite_text)
public func tausoniteText(_ handle: UnsafeRawPointer?) -> UnsafePointer<CChar>? { Handle.text(handle) }

/// Length and place of a column of numbers, which lives as long as the handle; -1 where there is none of this name.
@c(tausonite_column)
public func tausoniteColumn(
    _ handle: UnsafeRawPointer?, _ name: UnsafePointer<CChar>?, _ numbers: UnsafeMutablePointer<UnsafePointer<Double>?>?
) -> Int64 { Handle.column(handle, Handle.string(name), numbers) }

/// A task to hand to a long call, by which other threads look after it.
@c(tausonite_task)
public func tausoniteTask() -> UnsafeMutableRawPointer { Handle.answer { Handle(RunningTask()) } }

/// Asks the call that has the task to end with what it has.
@c(tausonite_cancel)
public func tausoniteCancel(_ task: UnsafeRawPointer?) { (Handle.at(task)?.content as? RunningTask)?.cancel() }

/// Share done of the call that has the task, 0 ... 1.
@c(tausonite_progress)
public func tausoniteProgress(_ task: UnsafeRawPointer?) -> Double { (Handle.at(task)?.content as? RunningTask)?.fraction ?? 0 }

/// A device: the shipped one of this name, else the file; `text` instead of the file's content where it is not nil.
@c(tausonite_device)
public func tausoniteDevice(
    _ source: UnsafePointer<CChar>?, _ text: UnsafePointer<CChar>?, _ materials: UnsafePointer<CChar>?
) -> UnsafeMutableRawPointer {
    Handle.answer {
        try DeviceAnswer.load(Handle.string(source), text: text.map { Handle.string($0) }, materials: Handle.string(materials))
    }
}

/// The device with changes, a JSON list of texts such as "area=2000 nm2".
@c(tausonite_device_with)
public func tausoniteDeviceWith(_ device: UnsafeRawPointer?, _ changes: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer {
    Handle.answer { try DeviceAnswer.changed(device, Handle.string(changes)) }
}

/// A run of a device, from a state where one is given; `request` is JSON (`RunRequest`). Runs as long as it takes, on the calling thread.
@c(tausonite_simulate)
public func tausoniteSimulate(
    _ device: UnsafeRawPointer?, _ state: UnsafeRawPointer?, _ request: UnsafePointer<CChar>?, _ task: UnsafeRawPointer?
) -> UnsafeMutableRawPointer {
    Handle.answer {
        let wanted: RunRequest = try Answer.request(Handle.string(request))
        return try RunAnswer.handle(
            wanted.run(
                DeviceAnswer.description(device), from: state == nil ? nil : StateAnswer.file(state),
                Handle.at(task)?.content as? RunningTask))
    }
}

/// A state of a run: "end", or the name under which the protocol kept it.
@c(tausonite_state_of)
public func tausoniteStateOf(_ run: UnsafeRawPointer?, _ name: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer {
    Handle.answer {
        let name = Handle.string(name)
        guard let made = Handle.at(run)?.content as? Run, let state = name.isEmpty ? made.end : made.trace.saved[name] else {
            throw InputError("state", value: name, problem: "was not kept", expected: "a name that the protocol keeps")
        }
        return try StateAnswer.handle(made.stateFile(state))
    }
}

/// A state from a file.
@c(tausonite_state)
public func tausoniteState(_ path: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer {
    Handle.answer { try StateAnswer.handle(StateFile.load(path: Handle.string(path))) }
}

/// The synapse of a device; `request` is JSON (`SynapseAnswer.Extraction`). Uses all cores.
@c(tausonite_extract)
public func tausoniteExtract(
    _ device: UnsafeRawPointer?, _ request: UnsafePointer<CChar>?, _ task: UnsafeRawPointer?
) -> UnsafeMutableRawPointer {
    Handle.answer {
        try SynapseAnswer.extract(
            DeviceAnswer.description(device), Answer.request(Handle.string(request)),
            Handle.at(task)?.content as? RunningTask)
    }
}

/// A synapse from a file.
@c(tausonite_synapse)
public func tausoniteSynapse(_ path: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer {
    Handle.answer { try SynapseAnswer(model: .load(path: Handle.string(path))).handle }
}

/// A synapse of measured tables; `request` is JSON (`SynapseAnswer.Tables`).
@c(tausonite_synapse_of_tables)
public func tausoniteSynapseOfTables(_ request: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer {
    Handle.answer { try SynapseAnswer.ofTables(Answer.request(Handle.string(request))) }
}

/// A law of a synapse at `count` places, as the column "values": see `SynapseAnswer.values`; `b` may be nil where the law takes one number.
@c(tausonite_synapse_values)
public func tausoniteSynapseValues(
    _ synapse: UnsafeRawPointer?, _ law: UnsafePointer<CChar>?, _ a: UnsafePointer<Double>?, _ b: UnsafePointer<Double>?,
    _ count: Int64
) -> UnsafeMutableRawPointer {
    Handle.answer {
        let values = try SynapseAnswer.at(synapse).values(
            Handle.string(law), Handle.numbers(a, count), Handle.numbers(b, count))
        return Handle(columns: [("values", values)])
    }
}

/// A text of a handle: "yaml" of a device or a synapse; "csv", "profiles.csv" and "json" of a run.
@c(tausonite_describe)
public func tausoniteDescribe(_ handle: UnsafeRawPointer?, _ what: UnsafePointer<CChar>?) -> UnsafeMutableRawPointer {
    Handle.answer { Handle(text: try Writing(handle).text(Handle.string(what))) }
}

/// Writes such a text, or a state, to a file, whole or not at all.
@c(tausonite_write)
public func tausoniteWrite(
    _ handle: UnsafeRawPointer?, _ what: UnsafePointer<CChar>?, _ path: UnsafePointer<CChar>?
) -> UnsafeMutableRawPointer {
    Handle.answer {
        try Writing(handle).write(Handle.string(what), to: Handle.string(path))
        return Handle()
    }
}

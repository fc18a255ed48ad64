/// What the bring-up tells PID 1 over their SOCK_SEQPACKET pair: 8 bytes, {version, kind, task, argument, value}, the
/// value little-endian.
package enum ChildMessage: Hashable, Sendable {
    /// Alive, and at work on these. Sent each second and at each change.
    case heartbeat(TaskSet)
    /// A fault is about to fire: it must not fire again.
    case faultFired(Fault)
    /// Every task has ended, not each of them well when the node is degraded.
    case ready(degraded: Bool)
    case powerOff
    case reboot
    /// From the crash handler (supervision.c): the task of the thread that crashed, where it worked for one.
    case crashed(task: TaskName?, signal: UInt8)

    package static let sizeInBytes = 8
    private static let version: UInt8 = 1

    package var bytes: [UInt8] {
        let (kind, task, argument, value): (UInt8, UInt8, UInt8, UInt32) =
            switch self {
            case .heartbeat(let running): (1, 0xff, 0, running.rawValue)
            case .faultFired(let fault): (2, fault.task.rawValue, fault.kind.rawValue, 0)
            case .ready(let degraded): (3, 0xff, degraded ? 1 : 0, 0)
            case .powerOff: (4, 0xff, 0, 0)
            case .reboot: (5, 0xff, 0, 0)
            case .crashed(let task, let signal): (6, task?.rawValue ?? 0xff, 0, UInt32(signal))
            }
        let parts = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        return [Self.version, kind, task, argument] + parts
    }

    /// nil for anything that is not one of the above: a broken child cannot confuse PID 1.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.sizeInBytes, bytes[0] == Self.version else { return nil }
        let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 + $1]) << (8 * UInt32($1)) }
        switch bytes[1] {
        case 1: self = .heartbeat(TaskSet(rawValue: value))
        case 2:
            guard let task = TaskName(rawValue: bytes[2]), let kind = Fault.Kind(rawValue: bytes[3]) else { return nil }
            self = .faultFired(Fault(kind, task))
        case 3: self = .ready(degraded: bytes[3] != 0)
        case 4: self = .powerOff
        case 5: self = .reboot
        case 6: self = .crashed(task: TaskName(rawValue: bytes[2]), signal: UInt8(truncatingIfNeeded: value))
        default: return nil
        }
    }
}

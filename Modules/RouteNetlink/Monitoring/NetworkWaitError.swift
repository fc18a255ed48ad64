public import Netlink

/// A condition was not reached.
public struct NetworkWaitError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The deadline struck first.
        case timedOut
        /// Duplicate address detection found another host with the address: no deadline would help.
        case duplicateAddress
        /// The wake-up was fired, or the task cancelled.
        case cancelled
        /// The kernel could not be asked.
        case failed(NetlinkError)
    }

    public let kind: Kind
    public let condition: NetworkCondition
    /// What the condition lacked at the end; nil where its state was never known.
    public let lack: NetworkCondition.Lack?

    public var description: String {
        let reason = lack.map { ": \($0)" } ?? ""
        return switch kind {
        case .timedOut: "wait for \(condition): timed out\(reason)"
        case .duplicateAddress: "wait for \(condition)\(reason)"
        case .cancelled: "wait for \(condition): cancelled\(reason)"
        case .failed(let error): "wait for \(condition): \(error)"
        }
    }
}

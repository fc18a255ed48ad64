public import SystemPackage

/// Why a module could not be resolved or loaded.
public struct ModuleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `open index`, `resolve`, `load`.
    public let operation: String
    /// A module's name, an alias, or the modules' directory.
    public let subject: String
    public let errno: Errno

    public init(operation: String, subject: String, errno: Errno) {
        self.operation = operation
        self.subject = subject
        self.errno = errno
    }

    public var description: String { "\(operation) \(subject): \(reason)" }

    /// What the kernel means by the number when it is about modules; finit_module(2) and kernel/module/main.c.
    public var reason: String {
        switch errno.rawValue {
        case Errno.noExec.rawValue: "not a module of this kernel (Exec format error)"
        case Errno.noDevice.rawValue: "the hardware is absent or refused (No such device)"
        case 129: "the kernel demands a signature that it trusts (Key was rejected by service)"
        case Errno.noEntry.rawValue: "unknown symbol, or no such module (No such file or directory)"
        default: errno.description
        }
    }
}

extension Errno {
    fileprivate static var noExec: Errno { .execFormatError }
    fileprivate static var noDevice: Errno { .operationNotSupportedByDevice }
    fileprivate static var noEntry: Errno { .noSuchFileOrDirectory }
}

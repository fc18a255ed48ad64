internal import Glibc
internal import Kernel
internal import SystemPackage

/// The socket pairs between the host and QEMU: descriptors are handed over, so no path is left behind or too long.
final class Channels {
    private var hosts: [OwnedDescriptorBox] = []
    private var guests: [OwnedDescriptorBox] = []
    private var errorsRead: OwnedDescriptorBox?

    /// A class's arrays hold no noncopyable value: one box each.
    final class OwnedDescriptorBox {
        var descriptor: OwnedDescriptor?
        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = consume descriptor }
        var rawValue: Int32 { descriptor?.rawValue ?? -1 }
    }

    init(portCount: Int) throws(OSError) {
        var errors = try DescriptorPair.pipe()
        errorsRead = OwnedDescriptorBox(try errors.takeFirst())
        guests.append(OwnedDescriptorBox(try errors.takeSecond()))
        for _ in 0..<3 + portCount {
            var pair = try DescriptorPair.sockets(type: Int32(SOCK_STREAM.rawValue))
            hosts.append(OwnedDescriptorBox(try pair.takeFirst()))
            guests.append(OwnedDescriptorBox(try pair.takeSecond()))
        }
    }

    /// Descriptors 0 to 2, the console, the report, QMP, the ports: QEMUCommand's numbering.
    var guestDescriptors: [Int32] {
        let errors = guests[0].rawValue
        return [-1, errors, errors] + guests.dropFirst().map(\.rawValue)
    }

    func closeGuestEnds() { guests.removeAll() }

    var console: Int32 { hosts[0].rawValue }
    var report: Int32 { hosts[1].rawValue }
    var qmp: Int32 { hosts[2].rawValue }

    /// The ports' host ends; the caller closes them.
    func takePorts() throws(OSError) -> [Int32] {
        defer { hosts.removeLast(hosts.count - 3) }
        return hosts.dropFirst(3).map { $0.descriptor.take()?.release() ?? -1 }
    }

    /// What QEMU says on its standard error.
    func takeErrors() throws(OSError) -> ErrorText {
        guard let descriptor = errorsRead?.descriptor.take() else {
            throw OSError(operation: "take", errno: .badFileDescriptor)
        }
        return ErrorText(descriptor: descriptor)
    }

    struct ErrorText: ~Copyable {
        let descriptor: OwnedDescriptor
        /// All of it, once QEMU is gone.
        mutating func drain() -> [UInt8] {
            try? descriptor.setNonblocking(true)
            var all: [UInt8] = []
            while all.count < 65_536, let piece = try? descriptor.readOnce(limit: 4_096), !piece.isEmpty {
                all += piece
            }
            return all
        }
    }
}

internal import Kernel

extension NetlinkSocket {
    /// Runs an ioctl(2) of the network devices' on the socket: any socket takes them, for its own network namespace.
    package func control(
        _ operation: StaticString, on subject: String, _ body: (Int32) -> Int32
    ) throws(NetlinkError) {
        do throws(OSError) {
            try systemCall(operation, on: subject) { body(descriptor.rawValue) }
        } catch {
            throw NetlinkError(error)
        }
    }
}

internal import Glibc
internal import Kernel
internal import SystemPackage

/// Packets over a connected stream socket, one command and its reply at a time.
final class PacketStream: Sendable {
    private let descriptor: OwnedDescriptor
    private static let piece = 65_536

    /// Takes over a connected socket, which may block or not.
    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

    /// Sends a command and takes its reply.
    func exchange(
        _ command: [UInt8], replyLimit: Int, until deadline: Deadline
    ) throws(GuestRPCError) -> [UInt8] {
        guard let packet = GuestRPCPacket.request(command) else {
            throw GuestRPCError(.tooLarge(limit: GuestRPCLimits.request), operation: "send")
        }
        try send(packet, until: deadline)
        let limit = replyLimit + GuestRPCPacket.overhead
        let length = try receive(4, until: deadline).reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw GuestRPCError(.tooLarge(limit: replyLimit), operation: "receive") }
        let reply = try GuestRPCPacket.reply(in: receive(length, until: deadline))
        guard reply.count <= replyLimit else {
            throw GuestRPCError(.tooLarge(limit: replyLimit), operation: "receive")
        }
        return reply
    }

    private func send(_ bytes: [UInt8], until deadline: Deadline) throws(GuestRPCError) {
        var done = 0
        while done < bytes.count {
            do throws(OSError) {
                done += try systemCall("send") {
                    // SAFETY: `done` is below the count, and the rest of the array follows it.
                    unsafe bytes.withUnsafeBytes {
                        unsafe Glibc.send(
                            descriptor.rawValue, $0.baseAddress! + done, $0.count - done,
                            Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                    }
                }
            } catch  where error.errno == .resourceTemporarilyUnavailable {
                try wait(for: POLLOUT, until: deadline)
            } catch {
                throw GuestRPCError(error, .connectionLost)
            }
        }
    }

    /// Exactly `count` bytes, which come as they please.
    private func receive(_ count: Int, until deadline: Deadline) throws(GuestRPCError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(count, Self.piece))
        while bytes.count < count {
            let wanted = min(count - bytes.count, buffer.count)
            do throws(OSError) {
                let got = try systemCall("recv") {
                    // SAFETY: at most `wanted` bytes are written, which the buffer has room for.
                    unsafe buffer.withUnsafeMutableBytes {
                        unsafe recv(descriptor.rawValue, $0.baseAddress, wanted, Int32(MSG_DONTWAIT))
                    }
                }
                if got == 0 { throw OSError(operation: "recv", errno: .connectionReset) }
                bytes += buffer.prefix(got)
            } catch  where error.errno == .resourceTemporarilyUnavailable {
                try wait(for: POLLIN, until: deadline)
            } catch {
                throw GuestRPCError(error, .connectionLost)
            }
        }
        return bytes
    }

    private func wait(for events: Int32, until deadline: Deadline) throws(GuestRPCError) {
        guard try isReady(descriptor.rawValue, for: events, until: deadline) else {
            throw GuestRPCError(.timedOut, operation: events == POLLIN ? "receive" : "send")
        }
    }
}

/// Waits for a descriptor; false where the deadline struck first.
func isReady(_ descriptor: Int32, for events: Int32, until deadline: Deadline) throws(GuestRPCError) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    do throws(OSError) {
        while true {
            // SAFETY: one entry, which lives through the call.
            if try systemCall("poll", { unsafe poll(&entry, 1, deadline.pollTimeout) }) > 0 { return true }
            if deadline.hasPassed { return false }
        }
    } catch {
        throw GuestRPCError(error)
    }
}

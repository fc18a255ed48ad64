internal import CKernel
internal import Glibc
public import Kernel
internal import SystemPackage

/// A packet(7) socket (AF_PACKET, SOCK_DGRAM): it works on a link that has no address yet.
public final class PacketSocket: DHCPv4Transport {
    private let descriptor: OwnedDescriptor
    private let index: Int32
    /// More than any DHCP message that we say we take (option 57).
    private static let largestPacket = 4096

    private init(_ descriptor: consuming OwnedDescriptor, index: Int32) {
        self.descriptor = descriptor
        self.index = index
    }

    /// A socket on the link of that index, in the thread's network namespace. It receives nothing before ``listen``.
    public static func open(interfaceIndex: Int32) throws(DHCPError) -> PacketSocket {
        do throws(OSError) {
            let flags = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
            // Protocol 0: nothing arrives before the filter is there and bind(2) names the protocol.
            let descriptor = OwnedDescriptor(
                adopting: try systemCall("socket", on: "packet") { socket(AF_PACKET, flags, 0) })
            try setOption(PACKET_AUXDATA, SOL_PACKET, Int32(1), on: descriptor)
            return PacketSocket(descriptor, index: interfaceIndex)
        } catch {
            throw DHCPError(error)
        }
    }

    public func listen(transaction: UInt32, hardwareAddress: MACAddress) throws(DHCPError) {
        var program = ReplyFilter(transaction: transaction, hardwareAddress: hardwareAddress).program
        var address = linkAddress(of: .broadcast)
        do throws(OSError) {
            // SAFETY: the program lives through the call, which copies it.
            unsafe try program.withUnsafeMutableBufferPointer { program throws(OSError) in
                try unsafe Self.setOption(
                    SO_ATTACH_FILTER, SOL_SOCKET,
                    sock_fprog(len: UInt16(program.count), filter: program.baseAddress), on: descriptor)
            }
            // SAFETY: the address lives through the call, which reads its size of it. Binding again is no change.
            unsafe try withUnsafePointer(to: &address) { address throws(OSError) in
                try unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address throws(OSError) in
                    _ = try systemCall("bind", on: "interface \(index)") {
                        unsafe bind(descriptor.rawValue, address, socklen_t(MemoryLayout<sockaddr_ll>.size))
                    }
                }
            }
        } catch {
            throw DHCPError(error)
        }
    }

    public func broadcast(_ packet: [UInt8]) throws(DHCPError) {
        var address = linkAddress(of: .broadcast)
        do throws(OSError) {
            // SAFETY: the packet and the address live through the call, which keeps neither.
            unsafe try withUnsafePointer(to: &address) { address throws(OSError) in
                try unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address throws(OSError) in
                    _ = try systemCall("sendto", on: "interface \(index)") {
                        unsafe sendto(
                            descriptor.rawValue, packet, packet.count, Int32(MSG_NOSIGNAL), address,
                            socklen_t(MemoryLayout<sockaddr_ll>.size))
                    }
                }
            }
        } catch {
            throw DHCPError(error)
        }
    }

    public func receive(until deadline: Deadline) throws(DHCPError) -> ReceivedPacket? {
        do throws(OSError) {
            while true {
                var entry = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
                // SAFETY: one entry, which lives through the call.
                let ready = try systemCall("poll") { unsafe poll(&entry, 1, deadline.pollTimeout) }
                if ready > 0, let packet = try receiveOnce() { return packet }
                if deadline.hasPassed { return nil }
            }
        } catch {
            throw DHCPError(error)
        }
    }

    /// Nil where there is nothing, or nothing for us.
    private func receiveOnce() throws(OSError) -> ReceivedPacket? {
        var bytes = [UInt8](repeating: 0, count: Self.largestPacket)
        var control = [UInt64](repeating: 0, count: 16)
        var sender = sockaddr_ll()
        var auxiliary = sw_packet_auxdata()
        let controlSize = control.count * 8
        let count: Int
        do throws(OSError) {
            count = try systemCall("recvmsg", on: "interface \(index)") {
                // SAFETY: each pointer and its length name a local that lives through this closure, and the kernel writes
                // within the lengths. `control` is aligned as struct cmsghdr wants, and read by a function that minds its bounds.
                unsafe bytes.withUnsafeMutableBytes { bytes in
                    unsafe control.withUnsafeMutableBytes { control in
                        unsafe withUnsafeMutablePointer(to: &sender) { sender in
                            var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                            return unsafe withUnsafeMutablePointer(to: &part) { part in
                                var message = unsafe msghdr(
                                    msg_name: sender, msg_namelen: socklen_t(MemoryLayout<sockaddr_ll>.size),
                                    msg_iov: part, msg_iovlen: 1, msg_control: control.baseAddress,
                                    msg_controllen: controlSize, msg_flags: 0)
                                let count = unsafe recvmsg(descriptor.rawValue, &message, 0)
                                if count >= 0 { auxiliary = unsafe sw_packet_auxdata_of(&message) }
                                return count
                            }
                        }
                    }
                }
            }
        } catch  where error.errno == .resourceTemporarilyUnavailable || error.errno == .networkDown {
            // The filter left nothing, or the link bounced, as drivers do that were just set up: it may come back.
            return nil
        }
        // Another's frame on a promiscuous link, or one of a VLAN that nobody made here.
        if sender.sll_pkttype == UInt8(PACKET_OTHERHOST) || sender.sll_pkttype == UInt8(PACKET_OUTGOING) { return nil }
        return ReceivedPacket(
            bytes: Array(bytes.prefix(count)),
            checksumIsPartial: auxiliary.present && auxiliary.status & UInt32(TP_STATUS_CSUMNOTREADY) != 0)
    }

    private func linkAddress(of hardware: MACAddress) -> sockaddr_ll {
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        address.sll_protocol = UInt16(ETH_P_IP).bigEndian
        address.sll_ifindex = index
        address.sll_halen = 6
        let bytes = hardware.bytes
        address.sll_addr = (bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], 0, 0)
        return address
    }

    private static func setOption<Value>(
        _ option: Int32, _ level: Int32, _ value: Value, on descriptor: borrowing OwnedDescriptor
    ) throws(OSError) {
        let raw = descriptor.rawValue
        // SAFETY: the value lives through the call, which copies its size of it.
        unsafe try withUnsafePointer(to: value) { value throws(OSError) in
            _ = try systemCall("setsockopt", on: "packet") {
                unsafe setsockopt(raw, level, option, value, socklen_t(MemoryLayout<Value>.size))
            }
        }
    }
}

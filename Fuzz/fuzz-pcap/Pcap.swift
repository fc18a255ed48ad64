import Driver
import Kernel
import Netlink

/// A capture file of anybody's: read, written again, and replayed to each of its own requests.
@main
enum Pcap {
    static func main() {
        fuzz { start, count in
            guard let capture = try? NetlinkCapture(pcap: bytes(start, count)) else { return 0 }
            let again = try? NetlinkCapture(pcap: capture.pcap())
            if again?.datagrams.count != capture.datagrams.count { fatalError("what was written does not read") }
            guard let replay = try? ReplayNetlink(capture) else { return 0 }
            let deadline = Deadline(in: .seconds(1))
            var buffer = [UInt8](repeating: 0, count: 4096)
            for request in capture.datagrams where request.direction == .toKernel {
                let transport = replay.transport(request.family)
                guard (try? transport.send(request.bytes, until: deadline)) != nil else { continue }
                while (try? transport.receive(into: &buffer, until: deadline)) != nil {}
            }
            return 0
        }
    }
}

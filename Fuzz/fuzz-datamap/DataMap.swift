import Driver
import GuestRPC

/// A packet of the VMware host's, without its length: read, written again and read once more.
@main
enum DataMapFuzz {
    static func main() {
        fuzz { start, count in
            let content = bytes(start, count)
            guard let map = try? DataMap(content: content) else { return 0 }
            guard let packet = map.encoded() else { fatalError("what was read cannot be written") }
            if Array(packet.dropFirst(4)) != content { fatalError("what was written is not what was read") }
            guard let again = try? DataMap(packet: packet), again == map else {
                fatalError("what was written does not read")
            }
            return 0
        }
    }
}

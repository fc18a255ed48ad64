import Compression
import Documents
import Driver
import Platform

/// User data as anybody serves it. The first byte chooses: as it is, with what a platform says of it, or one of its decoders alone.
@main
enum UserDataBytes {
    static func main() {
        fuzz { start, count in
            let input = bytes(start, count)
            let payload = Array(input.dropFirst())
            switch input.first.map({ $0 % 8 }) {
            case 0: check(try? UserData(payload))
            case 1: check(try? UserData(payload, encoding: "b64"))
            case 2: check(try? UserData(payload, encoding: "gzip+base64"))
            case 3: check(try? UserData(payload, isText: true))
            case 4: _ = try? MIMEMessage(payload)
            case 5:
                let content = try? Gzip.decompress(payload, limit: 1 << 20, ratio: 100)
                if let content, content.count > max(64 << 10, payload.count * 100) { fatalError("past the ratio") }
            case 6:
                let content = try? Zstandard.decompress(payload, limit: 1 << 20, ratio: 100)
                if let content, content.count > max(64 << 10, payload.count * 100) { fatalError("past the ratio") }
            default:
                let content = try? Base64.decode(payload)
                if let content, content.count > payload.count { fatalError("more than was there") }
            }
            return 0
        }
    }
}

private func check(_ data: UserData?) {
    guard let data else { return }
    if data.decoded.count > UserData.limit { fatalError("past the limit") }
    if data.parts.reduce(0, { $0 + $1.bytes.count }) > UserData.limit { fatalError("parts past the limit") }
    for part in data.parts where part.payloadType.isEmpty { fatalError("a part of no type") }
}

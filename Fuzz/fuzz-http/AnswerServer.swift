import Glibc
import Kernel

/// A server on 127.0.0.1 that sends any bytes: for each connection the next script, in order, on a thread of its own.
final class AnswerServer: Sendable {
    struct Script: Sendable {
        /// Sent one after the other.
        let pieces: [[UInt8]]
        /// Ends with RST instead of FIN.
        let isReset: Bool
    }

    let port: Int
    private let scripts = Monitor<[Script]>([])

    init() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                max(bind(listener, $0, length), listen(listener, 64), getsockname(listener, $0, &length))
            }
        }
        guard listener >= 0, status == 0 else { fatalError("no server: errno \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        do {
            try WorkerThread.start { [scripts] in
                while true {
                    let connection = accept(listener, nil, nil)
                    guard connection >= 0 else { continue }
                    let next = scripts.wait(until: Deadline(in: .seconds(5))) { scripts -> Script? in
                        scripts.isEmpty ? nil : scripts.removeFirst()
                    }
                    if let next { Self.serve(connection, next) }
                    close(connection)
                }
            }
        } catch { fatalError("no thread: \(error)") }
    }

    /// What the next connection gets.
    func enqueue(_ script: Script) { scripts.with { $0.append(script) } }

    private static func serve(_ connection: Int32, _ script: Script) {
        var one: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var buffer = [UInt8](repeating: 0, count: 4096)
        // The request fits in one segment; what is unread at a close would make it a reset.
        _ = recv(connection, &buffer, buffer.count, 0)
        for piece in script.pieces where !piece.isEmpty {
            guard send(connection, piece, piece.count, Int32(MSG_NOSIGNAL)) == piece.count else { return }
        }
        if script.isReset {
            var none = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<linger>.size))
            return
        }
        shutdown(connection, Int32(SHUT_WR))
        while recv(connection, &buffer, buffer.count, 0) > 0 {}
    }
}

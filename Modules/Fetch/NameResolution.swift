internal import Glibc
internal import Kernel
internal import NIOCore
internal import SystemPackage

/// A host's addresses by the system's resolver.
enum NameResolution {
    enum Answer: Sendable {
        /// In the resolver's order (RFC 6724).
        case addresses([SocketAddress])
        case failed(FetchError.Kind)
    }

    private static let limit = 16

    /// getaddrinfo(3) blocks for as long as it likes: it does so on a thread of its own, which is left behind where the deadline strikes.
    static func addresses(of name: String, port: Int, until deadline: Deadline) async -> Answer {
        guard !name.isEmpty, name.utf8.count <= 253, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return .failed(.invalidRequest)
        }
        let answer = Monitor<Answer?>(nil)
        do {
            try WorkerThread.start {
                let found = resolve(name, port)
                answer.with { $0 = found }
            }
            return try await WorkerThread.run { answer.wait(until: deadline) { $0 } } ?? .failed(.timedOut)
        } catch {
            return .failed(.cannotResolve("\(error)"))
        }
    }

    private static func resolve(_ name: String, _ port: Int) -> Answer {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        let number = errno
        guard code == 0 else {
            // SAFETY: gai_strerror(3) answers with a text of the library's own.
            let words = unsafe String(cString: gai_strerror(code))
            return .failed(.cannotResolve(code == EAI_SYSTEM ? Errno(rawValue: number).description : words))
        }
        defer { unsafe freeaddrinfo(list) }
        var result: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next, result.count < limit {
            if let text = unsafe numeric(entry), let address = try? SocketAddress(ipAddress: text, port: port) {
                result.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        return result.isEmpty ? .failed(.cannotResolve("it has no address")) : .addresses(result)
    }

    private static func numeric(_ entry: UnsafeMutablePointer<addrinfo>) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let size = socklen_t(text.count)
        // SAFETY: the entry is of a list that the caller holds; the buffer is as long as is said, and ends in a zero.
        let status = unsafe getnameinfo(
            entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, size, nil, 0, NI_NUMERICHOST)
        guard status == 0, let end = text.firstIndex(of: 0) else { return nil }
        return String(validating: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

import Glibc
import Kernel

/// The addresses of hosts by their names, as the C library finds them (/etc/hosts, DNS).
enum HostNames {
    /// The first address of a host; nil where it has none. It asks again while the answer is that it may be had later, up to the deadline,
    /// and then throws EAI_AGAIN's words.
    static func address(of name: String, until deadline: Deadline) throws(Failure) -> IPAddress {
        while true {
            // The library has time limits of its own, and they are long: it waits on a thread that is left behind if need be.
            let answer = Monitor<Result<IPAddress, Failure>?>(nil)
            do throws(OSError) {
                try WorkerThread.start {
                    let found = lookUp(name)
                    answer.with { $0 = found }
                }
            } catch {
                throw Failure(words: error.reason, isTimeout: false)
            }
            guard let result = answer.wait(until: deadline, for: { $0 }) else {
                throw Failure(words: "no answer in time", isTimeout: true)
            }
            switch result {
            case .success(let address): return address
            case .failure(let failure):
                guard failure.mayPass, !deadline.hasPassed else { throw failure }
                usleep(500_000)
            }
        }
    }

    struct Failure: Error {
        /// The library's.
        let words: String
        let isTimeout: Bool
        var mayPass = false
    }

    private static func lookUp(_ name: String) -> Result<IPAddress, Failure> {
        // SAFETY: a struct of numbers and null pointers.
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        // SAFETY: hints and list live through the call.
        let status = unsafe getaddrinfo(name, nil, &hints, &list)
        guard status == 0 else {
            // SAFETY: the library's own text, which stays.
            let words = unsafe String(cString: gai_strerror(status))
            return .failure(Failure(words: words, isTimeout: status == EAI_AGAIN, mayPass: status == EAI_AGAIN))
        }
        defer { unsafe freeaddrinfo(list) }
        var entry = unsafe list
        while let one = unsafe entry {
            // SAFETY: the list is the library's until freeaddrinfo, each address of ai_addrlen bytes.
            let bytes = unsafe Array(
                UnsafeRawBufferPointer(start: one.pointee.ai_addr, count: Int(one.pointee.ai_addrlen)))
            // sin_addr is at 4, sin6_addr at 8.
            switch unsafe one.pointee.ai_family {
            case AF_INET: if let address = IPAddress(bytes: bytes.dropFirst(4).prefix(4)) { return .success(address) }
            case AF_INET6: if let address = IPAddress(bytes: bytes.dropFirst(8).prefix(16)) { return .success(address) }
            default: break
            }
            unsafe entry = one.pointee.ai_next
        }
        return .failure(Failure(words: "it has no address", isTimeout: false))
    }
}

internal import CKernel
internal import Glibc
internal import Kernel
internal import SystemPackage

extension NetworkNamespace {
    /// Runs `body` in the namespace and answers with the descriptor that it opens.
    ///
    /// Another namespace is entered by a thread that does nothing else and ends: no thread is ever left in the wrong one, whatever
    /// fails, and a descriptor of a socket stays in the namespace where it was made.
    func opening(
        _ body: @escaping @Sendable () throws(OSError) -> OwnedDescriptor
    ) throws(NetlinkError) -> OwnedDescriptor {
        guard case .file(let path) = place else {
            do throws(OSError) { return try body() } catch { throw NetlinkError(error) }
        }
        let answer = Kernel.Monitor<Result<Int32, NetlinkError>?>(nil)
        let name = name
        do throws(OSError) {
            try WorkerThread.start {
                var result: Result<Int32, NetlinkError>
                do throws(NetlinkError) {
                    try Self.enter(path, name)
                    do throws(OSError) { result = .success(try body().release()) } catch {
                        result = .failure(NetlinkError(error))
                    }
                } catch { result = .failure(error) }
                answer.with { $0 = result }
            }
        } catch { throw NetlinkError(error) }
        // open(2), setns(2) and socket(2) do not wait; the deadline is for a machine that does not get round to it.
        guard let result = answer.wait(until: Deadline(in: .seconds(30)), for: { $0 }) else {
            throw NetlinkError(.timedOut, operation: "enter", subject: name)
        }
        return OwnedDescriptor(adopting: try result.get())
    }

    private static func enter(_ path: FilePath, _ name: String) throws(NetlinkError) {
        do throws(OSError) {
            let file = try OwnedDescriptor.open(path, O_RDONLY)
            try systemCall("setns", on: name) { sw_enter_network(file.rawValue) }
        } catch {
            throw NetlinkError(.namespace, operation: "enter", subject: name, errno: error.errno)
        }
    }
}

public import Kernel
public import Netlink

extension NetworkMonitor {
    /// Waits for a condition and answers with the state in which it holds. Events that come meanwhile are dropped: ``state`` has them.
    ///
    /// The monitor has to keep what the condition is about: links, and addresses or routes.
    public mutating func wait(
        until deadline: Deadline, for condition: NetworkCondition, or wakeUp: WakeUp? = nil
    ) throws(NetworkWaitError) -> NetworkState {
        var lack: NetworkCondition.Lack?
        while true {
            dropEvents()
            // Before its first synchronisation the state is empty, and a condition of absence would hold by mistake.
            if lost.isEmpty {
                lack = condition.lack(in: state)
                guard let lack else { return state }
                if lack == .duplicateAddress {
                    throw NetworkWaitError(kind: .duplicateAddress, condition: condition, lack: lack)
                }
            }
            let event: NetworkEvent?
            do throws(NetlinkError) { event = try next(until: deadline, or: wakeUp) } catch {
                throw NetworkWaitError(kind: .failed(error), condition: condition, lack: lack)
            }
            if event != nil { continue }
            if wakeUp?.isFired == true {
                throw NetworkWaitError(kind: .cancelled, condition: condition, lack: lack)
            }
            if deadline.hasPassed { throw NetworkWaitError(kind: .timedOut, condition: condition, lack: lack) }
        }
    }

    /// Waits for a condition with sockets of its own.
    @discardableResult
    public static func wait(
        until deadline: Deadline, for condition: NetworkCondition, in namespace: NetworkNamespace = .current,
        or wakeUp: WakeUp? = nil
    ) throws(NetworkWaitError) -> NetworkState {
        var monitor: NetworkMonitor
        do throws(NetlinkError) { monitor = try open(condition.parts, in: namespace) } catch {
            throw NetworkWaitError(kind: .failed(error), condition: condition, lack: nil)
        }
        return try monitor.wait(until: deadline, for: condition, or: wakeUp)
    }

    /// The same for a task: a thread of its own waits, and ends when the task is cancelled.
    ///
    /// `.current` is the namespace of the thread that calls, which for a task is that of the process.
    @discardableResult
    public static func waiting(
        until deadline: Deadline, for condition: NetworkCondition, in namespace: NetworkNamespace = .current
    ) async throws(NetworkWaitError) -> NetworkState {
        let outcome: Result<NetworkState, NetworkWaitError>
        do {
            let wakeUp = try WakeUp()
            outcome = try await withTaskCancellationHandler {
                try await WorkerThread.run { () -> Result<NetworkState, NetworkWaitError> in
                    do throws(NetworkWaitError) {
                        return .success(try wait(until: deadline, for: condition, in: namespace, or: wakeUp))
                    } catch { return .failure(error) }
                }
            } onCancel: {
                wakeUp.fire()
            }
        } catch let error as OSError {
            let failure = NetlinkError(.system, operation: error.operation, subject: error.subject, errno: error.errno)
            throw NetworkWaitError(kind: .failed(failure), condition: condition, lack: nil)
        } catch {
            throw NetworkWaitError(kind: .cancelled, condition: condition, lack: nil)
        }
        return try outcome.get()
    }
}

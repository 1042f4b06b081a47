using System.Net;
using System.Net.Sockets;

namespace RemoteStore.Testing;

/// <summary>Hands out TCP ports on 127.0.0.1 that nothing listens on, below the range from which outgoing connections take theirs.</summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int Count = 10_000;

    private static int s_next = Random.Shared.Next(Count);

    /// <summary>A port that was free a moment ago and that this process does not hand out again soon.</summary>
    public static int Next()
    {
        for (int attempt = 0; attempt < Count; attempt++)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref s_next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                listener.Stop();
                return port;
            }
            catch (SocketException)
            {
                // taken: try the next
            }
        }

        throw new InvalidOperationException("no free port on 127.0.0.1");
    }
}

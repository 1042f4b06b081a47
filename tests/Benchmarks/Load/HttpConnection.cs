using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RemoteStore.Benchmarks.Load;

/// <summary>One kept-alive HTTP/1.1 connection that sends requests made beforehand; far cheaper than a general client.</summary>
internal sealed class HttpConnection(Uri url) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private Socket? _socket;

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <returns>The status code and, unless it is 2xx, the beginning of the text; code 0 when the connection failed.</returns>
    public (int Status, string Text) Send(ReadOnlySpan<byte> request)
    {
        try
        {
            Socket socket = _socket ??= Connect();
            while (request.Length > 0)
            {
                request = request[socket.Send(request)..];
            }

            return ReadResponse(socket);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Dispose();
            return (0, e.Message);
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(url.Host, url.Port);
        return socket;
    }

    private (int Status, string Text) ReadResponse(Socket socket)
    {
        int length = 0;
        int headerEnd;
        while ((headerEnd = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            length += Receive(socket, length);
        }

        headerEnd += 4;
        string header = Encoding.ASCII.GetString(_buffer, 0, headerEnd);
        int status = int.Parse(header.AsSpan(9, 3), CultureInfo.InvariantCulture);
        if (header.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            while (!_buffer.AsSpan(headerEnd, length - headerEnd).EndsWith("0\r\n\r\n"u8))
            {
                length += Receive(socket, length);
            }
        }
        else
        {
            for (int bodyLength = ContentLength(header); length < headerEnd + bodyLength;)
            {
                length += Receive(socket, length);
            }
        }

        if (header.Contains("connection: close", StringComparison.OrdinalIgnoreCase))
        {
            Dispose();
        }

        return (status, status is >= 200 and < 300 ? "" : Encoding.UTF8.GetString(_buffer, headerEnd, Math.Min(400, length - headerEnd)));
    }

    private int Receive(Socket socket, int at)
    {
        int received = at == _buffer.Length ? throw new IOException("the answer is too long") : socket.Receive(_buffer.AsSpan(at));
        return received == 0 ? throw new IOException("the server closed the connection") : received;
    }

    private static int ContentLength(string header)
    {
        const string Name = "\r\ncontent-length:";
        int at = header.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return 0;
        }

        int start = at + Name.Length;
        int end = header.IndexOf('\r', start);
        return int.Parse(header.AsSpan(start, end - start).Trim(), CultureInfo.InvariantCulture);
    }
}

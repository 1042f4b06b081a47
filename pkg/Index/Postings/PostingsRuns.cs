using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Postings;

/// <summary>Iterates over a list as runs of consecutive refs, ascending; neighbouring runs may touch.</summary>
internal unsafe struct PostingsRuns
{
    private readonly NativeArena? _arena;
    private readonly uint _upTo;
    private uint _leading;
    private uint _encoded;
    private uint _pending;
    private uint _next; // first ref that can still come
    private uint _chunk;
    private byte* _token;

    internal PostingsRuns(NativeArena? arena, uint first, uint count, uint leading, uint pending, uint chunk, uint upTo)
    {
        _arena = arena;
        _upTo = upTo;
        _leading = leading;
        _encoded = count - leading - pending;
        _pending = pending;
        _next = first;
        _chunk = chunk;
    }

    /// <summary>First ref of the current run.</summary>
    public uint Start { get; private set; }

    /// <summary>One past the last ref of the current run.</summary>
    public uint End { get; private set; }

    /// <summary>Moves to the next run; false at the end.</summary>
    public bool MoveNext()
    {
        if (_leading > 0)
        {
            return Take(ref _leading, _leading);
        }

        if (_encoded > 0)
        {
            ulong token = ReadToken();
            if ((token & 1) != 0)
            {
                return Take(ref _encoded, (uint)(token >> 1));
            }

            _next += (uint)(token >> 1);
            return Take(ref _encoded, 1);
        }

        return _pending > 0 && Take(ref _pending, _pending);
    }

    private bool Take(ref uint source, uint count)
    {
        source -= count;
        if (_next >= _upTo)
        {
            _leading = 0;
            _encoded = 0;
            _pending = 0;
            return false;
        }

        Start = _next;
        _next += count;
        End = Math.Min(_next, _upTo);
        return true;
    }

    // Safety: the snapshot counts only refs whose tokens were complete when it was taken, so the chain holds every token read here.
    private ulong ReadToken()
    {
        if (_token is null)
        {
            _token = (byte*)_arena!.Address(_chunk) + sizeof(uint);
        }
        else if (*_token == 0)
        {
            _chunk = _arena!.At<uint>(_chunk);
            _token = (byte*)_arena.Address(_chunk) + sizeof(uint);
        }

        ulong token = *_token++;
        if (token < 0x80)
        {
            return token;
        }

        token &= 0x7f;
        for (int shift = 7; ; shift += 7)
        {
            byte b = *_token++;
            token |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return token;
            }
        }
    }
}

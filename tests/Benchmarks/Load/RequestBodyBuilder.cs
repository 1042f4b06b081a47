using System.Text;
using Snappier;

namespace RemoteStore.Benchmarks.Load;

/// <summary>Encodes the requests of a run, once.</summary>
internal sealed class RequestBodyBuilder(LoadOptions options)
{
    private const string PodName = "app-7d";
    private readonly SeriesTemplate[] _template = TargetTemplate.Create();
    private readonly PatchableSnappy _snappy = new();
    private readonly List<PatchRange> _patches = [];
    private byte[] _raw = new byte[1 << 20];
    private int _length;

    /// <summary>True when pods are replaced during the run, so that their names must stay patchable.</summary>
    private bool Replaceable => options.Mode is LoadMode.NewSeries or LoadMode.Churn;

    /// <summary>Every request of one round: together they hold each active series once.</summary>
    public RequestBody[] BuildRound()
    {
        var bodies = new List<RequestBody>();
        for (int first = 0; first < options.Series; first += options.Batch)
        {
            bodies.Add(Build(first, Math.Min(options.Batch, options.Series - first)));
        }

        return [.. bodies];
    }

    private RequestBody Build(int firstSeries, int count)
    {
        _length = 0;
        _patches.Clear();
        var kinds = new ValueKind[count];
        var samplePatches = new int[count];
        var slices = new List<(int Number, int Series)>();
        for (int i = 0; i < count; i++)
        {
            int target = (firstSeries + i) / TargetTemplate.SeriesCount;
            SeriesTemplate series = _template[(firstSeries + i) % TargetTemplate.SeriesCount];
            if (slices.Count == 0 || slices[^1].Number != target)
            {
                slices.Add((target, 0));
            }

            slices[^1] = slices[^1] with { Series = slices[^1].Series + 1 };
            kinds[i] = series.Kind;
            AddSeries(series, target, out samplePatches[i]);
        }

        byte[] compressed = new byte[PatchableSnappy.MaxCompressedLength(_length)];
        var pieces = new List<PatchPiece>();
        PatchRange[] patches = [.. _patches];
        int compressedLength = _snappy.Encode(_raw.AsSpan(0, _length), patches, compressed, pieces);
        byte[] header = Header(compressedLength);
        byte[] request = [.. header, .. compressed.AsSpan(0, compressedLength)];

        int[] offsets = new int[patches.Length];
        ILookup<int, NamePiece> names = pieces.Where(p => patches[p.Patch].Group != 0)
            .ToLookup(p => patches[p.Patch].Group, p => new NamePiece(p.From, p.Length, header.Length + p.Offset));
        pieces.ForEach(p => offsets[p.Patch] = header.Length + p.Offset);
        TargetSlice[] targets =
        [
            .. slices.Select(s => new TargetSlice(
                s.Number,
                s.Series,
                (int)((uint)s.Number * 2654435761u % 14_000) + 500,
                [.. names[Group(s.Number, isPod: true)]],
                [.. names[Group(s.Number, isPod: false)]])),
        ];
        var body = new RequestBody(
            request, [.. samplePatches.Select(p => offsets[p])], new SeriesValues(kinds, firstSeries + 1), targets, _length, compressedLength);
        CheckDecompresses(body);
        if (Replaceable)
        {
            body.Replace(slices[0].Number);
        }

        return body;
    }

    private static int Group(int target, bool isPod) => (target * 2) + (isPod ? 2 : 1);

    private void CheckDecompresses(RequestBody body)
    {
        if (!Snappy.DecompressToArray(body.Compressed).AsSpan().SequenceEqual(_raw.AsSpan(0, _length)))
        {
            throw new InvalidDataException("the compressed body does not decompress to what was encoded");
        }
    }

    private void AddSeries(SeriesTemplate series, int target, out int samplePatch)
    {
        Reserve(4096);
        (string Name, string Value)[] labels =
        [
            .. TargetIdentity.SharedLabels(target).Append(("__name__", series.Name)).Append(("instance", "")).Append(("pod", ""))
                .Concat(series.Labels).OrderBy(l => l.Item1, StringComparer.Ordinal),
        ];

        // The message's length prefix has two bytes: 128 to 16,383 bytes.
        _raw[_length++] = 0x0a;
        int lengthAt = _length;
        _length += 2;
        foreach ((string name, string value) in labels)
        {
            AddLabel(name, value, target);
        }

        _raw[_length++] = 0x12;
        _raw[_length++] = 10 + RequestBody.TimestampLength;
        _raw[_length++] = 0x09;
        samplePatch = _patches.Count;
        _patches.Add(new(_length, 9 + RequestBody.TimestampLength, Group: 0));
        _raw[_length + 8] = 0x10;
        _length += 9 + RequestBody.TimestampLength;
        int messageLength = _length - lengthAt - 2;
        if (messageLength < 128)
        {
            throw new InvalidOperationException($"series {series.Name} is shorter than its length prefix");
        }

        _raw[lengthAt] = (byte)(messageLength | 0x80);
        _raw[lengthAt + 1] = (byte)(messageLength >> 7);
    }

    private void AddLabel(string name, string value, int target)
    {
        int valueLength = name switch
        {
            "instance" => 3 + TargetIdentity.AddressLength + 5,
            "pod" => PodName.Length + 1 + TargetIdentity.PodSuffixLength,
            _ => Encoding.UTF8.GetByteCount(value),
        };
        int nameLength = Encoding.UTF8.GetByteCount(name);
        _raw[_length++] = 0x0a;
        _raw[_length++] = checked((byte)(nameLength + valueLength + 4));
        _raw[_length++] = 0x0a;
        _raw[_length++] = (byte)nameLength;
        Add(name);
        _raw[_length++] = 0x12;
        _raw[_length++] = (byte)valueLength;
        switch (name)
        {
            case "instance":
                Add("10.");
                AddName(target, isPod: false, TargetIdentity.AddressLength);
                Add(":8080");
                break;
            case "pod":
                Add(PodName + "-");
                AddName(target, isPod: true, TargetIdentity.PodSuffixLength);
                break;
            default:
                Add(value);
                break;
        }
    }

    private void AddName(int target, bool isPod, int length)
    {
        Span<byte> name = _raw.AsSpan(_length, length);
        if (Replaceable)
        {
            // Placeholders of bytes that are all different, as the compressor demands.
            for (int i = 0; i < length; i++)
            {
                name[i] = (byte)('A' + i);
            }

            _patches.Add(new(_length, length, Group(target, isPod)));
        }
        else if (isPod)
        {
            TargetIdentity.WritePodSuffix(target, name);
        }
        else
        {
            TargetIdentity.WriteAddress(target, name);
        }

        _length += length;
    }

    private void Add(string text) => _length += Encoding.UTF8.GetBytes(text, _raw.AsSpan(_length));

    private void Reserve(int size)
    {
        if (_length + size > _raw.Length)
        {
            Array.Resize(ref _raw, _raw.Length * 2);
        }
    }

    private byte[] Header(int bodyLength)
    {
        var text = new StringBuilder();
        _ = text.Append("POST ").Append(options.Url.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(options.Url.Authority)
            .Append("\r\nUser-Agent: remotestore-load\r\nContent-Encoding: snappy\r\nContent-Type: application/x-protobuf")
            .Append("\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\nContent-Length: ").Append(bodyLength);
        if (options.Tenant is not null)
        {
            _ = text.Append("\r\nX-Scope-OrgID: ").Append(options.Tenant);
        }

        return Encoding.ASCII.GetBytes(text.Append("\r\n\r\n").ToString());
    }
}

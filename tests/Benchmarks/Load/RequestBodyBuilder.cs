using System.Text;

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

    /// <summary>A protocol buffer as <see cref="BuildRound"/> would compress it, for comparing compressors.</summary>
    public ReadOnlySpan<byte> LastRaw => _raw.AsSpan(0, _length);

    private RequestBody Build(int firstSeries, int count)
    {
        _length = 0;
        _patches.Clear();
        var kinds = new ValueKind[count];
        var samplePatches = new int[count];
        var podPatches = new List<int>();
        var slices = new List<(int Number, int Series, int FirstPod)>();
        for (int i = 0; i < count; i++)
        {
            int target = (firstSeries + i) / TargetTemplate.SeriesCount;
            SeriesTemplate series = _template[(firstSeries + i) % TargetTemplate.SeriesCount];
            if (slices.Count == 0 || slices[^1].Number != target)
            {
                slices.Add((target, 0, podPatches.Count));
            }

            slices[^1] = slices[^1] with { Series = slices[^1].Series + 1 };
            kinds[i] = series.Kind;
            AddSeries(series, target, podPatches, out samplePatches[i]);
        }

        byte[] compressed = new byte[PatchableSnappy.MaxCompressedLength(_length)];
        int[] offsets = new int[_patches.Count];
        PatchRange[] patches = [.. _patches];
        int compressedLength = _snappy.Encode(_raw.AsSpan(0, _length), patches, compressed, offsets);
        byte[] header = Header(compressedLength);
        byte[] request = [.. header, .. compressed.AsSpan(0, compressedLength)];

        int At(int patch) => header.Length + offsets[patch];
        TargetSlice Slice((int Number, int Series, int FirstPod) slice)
        {
            int[] names = Replaceable ? [.. podPatches.Skip(slice.FirstPod).Take(2 * slice.Series)] : [];
            return new(
                slice.Number,
                slice.Series,
                (int)((uint)slice.Number * 2654435761u % 14_000) + 500,
                [.. names.Where((_, i) => i % 2 == 1).Select(At)],
                [.. names.Where((_, i) => i % 2 == 0).Select(At)]);
        }

        return new(
            request, [.. samplePatches.Select(At)], new SeriesValues(kinds, firstSeries + 1), [.. slices.Select(Slice)], _length, compressedLength);
    }

    private void AddSeries(SeriesTemplate series, int target, List<int> podPatches, out int samplePatch)
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
            AddLabel(name, value, target, podPatches);
        }

        _raw[_length++] = 0x12;
        _raw[_length++] = 10 + RequestBody.TimestampLength;
        _raw[_length++] = 0x09;
        samplePatch = _patches.Count;
        _patches.Add(new(_length, 9 + RequestBody.TimestampLength));
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

    private void AddLabel(string name, string value, int target, List<int> podPatches)
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
                TargetIdentity.WriteAddress(target, AddName(TargetIdentity.AddressLength, podPatches));
                Add(":8080");
                break;
            case "pod":
                Add(PodName + "-");
                TargetIdentity.WritePodSuffix(target, AddName(TargetIdentity.PodSuffixLength, podPatches));
                break;
            default:
                Add(value);
                break;
        }
    }

    private Span<byte> AddName(int length, List<int> podPatches)
    {
        if (Replaceable)
        {
            podPatches.Add(_patches.Count);
            _patches.Add(new(_length, length));
        }

        _length += length;
        return _raw.AsSpan(_length - length, length);
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

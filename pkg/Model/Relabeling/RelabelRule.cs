using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Regexp;

namespace RemoteStore.Model.Relabeling;

/// <summary>A rule made ready. Holds scratch; not safe for concurrent use.</summary>
internal sealed class RelabelRule
{
    private readonly RelabelAction _action;
    private readonly NameScheme _scheme;
    private readonly byte[][] _source;
    private readonly byte[] _separator;
    private readonly byte[] _target;
    private readonly byte[] _replacement;
    private readonly ulong _modulus;
    private readonly Re2Captures _regex;
    private readonly Re2Template _targetTemplate;
    private readonly Re2Template _replacementTemplate;
    private readonly bool _isConstant;
    private readonly ArrayBufferWriter<byte> _value = new(64);

    /// <exception cref="ArgumentException">The rule is not valid.</exception>
    public RelabelRule(RelabelConfig config, NameScheme scheme)
    {
        if (config.Validate(scheme) is { } fault || !Re2Captures.TryParse(config.Regex, out Re2Captures? regex, out fault))
        {
            throw new ArgumentException(fault, nameof(config));
        }

        _action = config.Action;
        _scheme = scheme;
        _source = [.. config.SourceLabels.Select(Encoding.UTF8.GetBytes)];
        _separator = Encoding.UTF8.GetBytes(config.Separator);
        _target = Encoding.UTF8.GetBytes(config.TargetLabel);
        _replacement = Encoding.UTF8.GetBytes(config.Replacement);
        _modulus = config.Modulus;
        _regex = regex;
        _targetTemplate = new Re2Template(_target, regex.GroupNames);
        _replacementTemplate = new Re2Template(_replacement, regex.GroupNames);
        _isConstant = config.Regex == RelabelConfig.DefaultRegex && !RelabelConfig.HasGroup(config.TargetLabel) && !RelabelConfig.HasGroup(config.Replacement);
    }

    /// <summary>Applies the rule; false drops the label set.</summary>
    public bool TryApply(LabelEdits labels)
    {
        ReadOnlySpan<byte> source = Source(labels);
        switch (_action)
        {
            case RelabelAction.Drop:
                return !IsMatch(source);
            case RelabelAction.Keep:
                return IsMatch(source);
            case RelabelAction.DropEqual:
                return !labels.Get(_target).SequenceEqual(source);
            case RelabelAction.KeepEqual:
                return labels.Get(_target).SequenceEqual(source);
            case RelabelAction.Replace:
                Replace(labels, source);
                return true;
            case RelabelAction.Lowercase:
                labels.Set(_target, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(source).ToLowerInvariant()));
                return true;
            case RelabelAction.Uppercase:
                labels.Set(_target, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(source).ToUpperInvariant()));
                return true;
            case RelabelAction.HashMod:
                labels.Set(_target, HashModulo(source));
                return true;
            default:
                ChangeNames(labels);
                return true;
        }
    }

    private ReadOnlySpan<byte> Source(LabelEdits labels)
    {
        _value.ResetWrittenCount();
        for (int i = 0; i < _source.Length; i++)
        {
            if (i > 0)
            {
                _value.Write(_separator);
            }

            _value.Write(labels.Get(_source[i]));
        }

        return _value.WrittenSpan;
    }

    private void Replace(LabelEdits labels, ReadOnlySpan<byte> source)
    {
        if (_isConstant)
        {
            labels.Set(_target, _replacement);
        }
        else if (_regex.TryMatch(source, out ReadOnlySpan<int> groups, CancellationToken.None))
        {
            ReadOnlySpan<byte> target = _targetTemplate.Expand(source, groups);
            if (LabelNames.IsValid(target, _scheme))
            {
                labels.Set(target, _replacementTemplate.Expand(source, groups));
            }
        }
    }

    private void ChangeNames(LabelEdits labels)
    {
        foreach ((byte[] name, byte[] value) in labels.Snapshot())
        {
            bool matches = _regex.TryMatch(name, out ReadOnlySpan<int> groups, CancellationToken.None);
            if (_action == RelabelAction.LabelMap)
            {
                ReadOnlySpan<byte> target = matches ? _replacementTemplate.Expand(name, groups) : [];
                if (!target.IsEmpty)
                {
                    labels.Set(target, value);
                }
            }
            else if (matches == (_action == RelabelAction.LabelDrop))
            {
                labels.Remove(name);
            }
        }
    }

    private bool IsMatch(ReadOnlySpan<byte> value) => _regex.TryMatch(value, out _, CancellationToken.None);

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "Shares of a modulus must be those of Prometheus.")]
    private byte[] HashModulo(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        _ = MD5.HashData(value, hash);
        ulong rest = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]) % _modulus;
        return Encoding.UTF8.GetBytes(rest.ToString(CultureInfo.InvariantCulture));
    }
}

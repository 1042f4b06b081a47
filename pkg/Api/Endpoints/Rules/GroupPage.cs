using System.Security.Cryptography;
using System.Text;
using RemoteStore.Api.Http;
using RemoteStore.Api.Parameters;
using RemoteStore.Api.Rules;

namespace RemoteStore.Api.Endpoints.Rules;

/// <summary>The page of groups that a request asks for: how many, and with which to begin.</summary>
internal sealed class GroupPage
{
    private readonly string _token;
    private long _left = long.MaxValue;
    private bool _reached;

    /// <exception cref="ApiException">A parameter is wrong.</exception>
    public GroupPage(ApiRequest request)
    {
        string limit = request.Get("group_limit");
        _token = request.Get("group_next_token");
        _reached = _token.Length == 0;
        if (limit.Length > 0)
        {
            if (!GoInteger.TryParse(limit, out _left, out string? fault))
            {
                throw ApiException.BadParameter("group_limit", $"group_limit needs to be a valid number: {fault}");
            }

            if (_left <= 0)
            {
                throw ApiException.BadParameter("group_limit", "group_limit needs to be greater than 0");
            }
        }
        else if (_token.Length > 0)
        {
            throw ApiException.BadParameter("group_next_token", "group_limit needs to be present in order to paginate over the groups");
        }
    }

    /// <summary>What the page that begins with a group is asked for with.</summary>
    public static string TokenOf(ListedGroup group) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{group.File};{group.Name}")));

    /// <summary>True when the group is not ahead of the page. To be asked for all groups in order.</summary>
    public bool Reaches(ListedGroup group) => _reached = _reached || TokenOf(group) == _token;

    /// <summary>Takes the place of one group; false when the page is full.</summary>
    public bool TryTake() => _left-- > 0;

    /// <exception cref="ApiException">There is no group that the page begins with.</exception>
    public void ThrowIfNotReached()
    {
        if (!_reached)
        {
            throw ApiException.BadParameter("group_next_token", $"invalid group_next_token '{_token}'. were rule groups changed?");
        }
    }
}

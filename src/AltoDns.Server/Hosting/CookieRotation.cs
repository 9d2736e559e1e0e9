// Gives a server that keeps its cookie secret to itself a new one each day.

using System.Security.Cryptography;
using AltoDns.Protocol.Edns;
using AltoDns.Server.Answering;
using Microsoft.Extensions.Hosting;

namespace AltoDns.Server.Hosting;

/// <summary>Rotates random secrets; a secret that an operator set is left alone, as other servers share it (RFC 9018 §5).</summary>
internal sealed class CookieRotation(AnsweringSettings settings, TimeProvider timeProvider) : BackgroundService, IServesToTheEnd
{
    /// <summary>Longer than a cookie lives, so that the secret before the last is never needed (RFC 9018 §4.3).</summary>
    public static readonly TimeSpan Period = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, timeProvider);
        while (settings.Cookies.IsRandom && await timer.WaitForNextTickAsync(stoppingToken))
        {
            settings.Cookies.Rotate(RandomNumberGenerator.GetBytes(SipHash.KeyLength));
        }
    }
}

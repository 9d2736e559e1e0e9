// Puts the parts together that tell of single questions.

using AltoDns.Server.Answering;
using AltoDns.Server.Control;
using AltoDns.Server.Observing.Tap;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AltoDns.Server.Hosting;

internal static class TapServices
{
    /// <summary>Adds nothing where nobody is told. Before the listeners, so that what they bring last is told as well.</summary>
    public static void AddTap(this IServiceCollection services, TapOptions options)
    {
        if (!options.IsOn)
        {
            return;
        }

        services.TryAddSingleton(options);
        services.TryAddSingleton(provider => new QueryTap(options, provider.GetRequiredService<QueryProcessor>().Process));
        services.AddSingleton<ICounterSource>(provider => new TapCounterSource(provider.GetRequiredService<QueryTap>()));
        services.TryAddSingleton(TimeProvider.System);
        if (options.DnstapSocket is not null)
        {
            services.AddHostedService<DnstapService>();
        }

        if (options.SampleOneIn > 0)
        {
            services.AddHostedService<QueryLogService>();
        }
    }
}

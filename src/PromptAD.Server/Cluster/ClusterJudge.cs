using PromptAD.Server.Judging;

namespace PromptAD.Server.Cluster;

/// <summary>Has pictures judged by the nodes of the cluster.</summary>
internal sealed class ClusterJudge(IGrainFactory grains, TimeProvider clock) : IPictureJudge
{
    /// <inheritdoc/>
    public async Task<Judged> JudgeAsync(PictureToJudge picture)
    {
        await picture.Kept; // another node reads it; one that looks too early would remember for a while that it is not there
        var order = new JudgeOrder(picture.Product, picture.FileHash, picture.PictureHash, picture.Media.Text);
        return (await ClusterCalls.MakeAsync(() => grains.GetGrain<IProductGrain>(picture.Product).JudgeAsync(order), clock)).Read();
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(string product, string fileHash, CancellationToken cancellation) =>
        (await ClusterCalls.MakeAsync(() => grains.GetGrain<IProductGrain>(product).PrepareAsync(fileHash), clock, cancellation)).Read();
}

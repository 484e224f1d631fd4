using PromptAD.Pictures;
using PromptAD.Pretraining.Model;

using static TorchSharp.torch;

namespace PromptAD.Pretraining.Data;

/// <summary>
/// The groups that are learned from, by their numbers. Where the whole image encoder learns, a group is shown in another frame and light each time. Where a
/// trunk does not, each group has one frame and light, and what the trunk makes of it is kept: reading it again costs nothing.
/// </summary>
internal sealed class Views : IDisposable
{
    private const int DrawnSize = 256, DrawingThreads = 2;
    private readonly IDisposable cache;
    private readonly Action<long> await;
    private readonly Func<long[], int, int, Random, Batch> make;

    private Views(IDisposable cache, Action<long> await, Func<long[], int, int, Random, Batch> make) =>
        (this.cache, this.await, this.make) = (cache, await, make);

    /// <summary>Groups of pictures for an encoder.</summary>
    /// <param name="weights">The encoder.</param>
    /// <param name="seed">Names all groups.</param>
    /// <param name="frozenSize">Side of the pictures that a trunk reads, in pixels.</param>
    /// <param name="capacity">Groups kept.</param>
    /// <param name="first">The first number that will be asked for.</param>
    public static Views Of(ModelWeights weights, int seed, int frozenSize, int capacity, long first)
    {
        int patch = weights.Configuration.Vision.PatchSize;
        if (weights.Configuration.Vision.Trunk is null)
        {
            var groups = new DrawnCache<PictureGroup>(DrawnSize, capacity, first, DrawingThreads, (generator, number) => GroupDrawing.Draw(generator, seed, number));
            return new Views(groups, number => groups.Get(number), (numbers, references, size, random) =>
                Batch.Make([.. numbers.Select(groups.Get)], references, size, patch, random, images => images.alias()));
        }
        var vision = new VisionTower(weights);
        var read = new DrawnCache<Batch>(DrawnSize, capacity, first, DrawingThreads, Read);
        return new Views(read, number => read.Get(number), (numbers, _, _, _) => Batch.Join([.. numbers.Select(read.Get)]));

        Batch Read(PictureGenerator generator, long number)
        {
            set_num_threads(1); // the setting is each thread's own
            using var scope = NewDisposeScope();
            using IDisposable noGradient = no_grad();
            PictureGroup group = GroupDrawing.Draw(generator, seed, number);
            return Batch.Make([group], references: 1, frozenSize, patch, new Random((int)((seed * 7919L + number) % int.MaxValue)), vision.Read).Kept();
        }
    }

    /// <summary>Waits until the group of a number has been made; those more than the capacity below it are gone.</summary>
    public void Await(long number) => await(number);

    /// <summary>The batch of some groups, in the thread that learns from it.</summary>
    /// <param name="numbers">The groups.</param>
    /// <param name="references">Good pictures of each to compare with; a single one where a trunk has read them.</param>
    /// <param name="size">Side of the pictures in pixels, where no trunk has read them.</param>
    /// <param name="random">Frames and light.</param>
    public Batch Make(long[] numbers, int references, int size, Random random) => make(numbers, references, size, random);

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();
}

// A small U-Net learns the 60,000 pictures of clothes of Fashion-MNIST and draws new ones.
// Usage: Clothes [--steps N] [--hours H] [--out FOLDER] [--data FOLDER] [--threads N] [--metrics N]

return new ImageSample
{
    Name = "clothes",
    DataSet = "fashion-mnist",
    Training = TrainingOptions.Images with { HorizontalFlips = true }, // a mirrored shirt is a shirt, unlike a digit
}.Run(args);
